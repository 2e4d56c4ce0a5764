select
    cast('AHM730' as varchar) as scheme,
    cast(code as varchar) as code,
    cast(alpha as varchar) as alpha,
    cast(cause_group as varchar) as cause_group,
    cast(description_en as varchar) as description_en,
    cast(description_es as varchar) as description_es,
    cast(bts_cause as varchar) as bts_cause,
    cast(is_imputable as boolean) as is_imputable,
    cast(is_inherited as boolean) as is_inherited
from {{ ref('delay_codes') }}
