select
    operating_date,
    carrier,
    {{ leg_sums() }}
from {{ ref('fct_leg') }}
where {{ where_operating_dates() }}
group by operating_date, carrier
