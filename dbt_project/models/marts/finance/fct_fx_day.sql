{{ config(sort=['rate_date'], meta={'date_column': 'rate_date'}) }}
select
    rate_date,
    currency,
    usd_per_unit,
    published_by,
    data_label
from {{ ref('stg_opsdb__fx_rates') }}
where deleted_at is null and {{ where_operating_dates('rate_date') }}
