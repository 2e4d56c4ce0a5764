{{ config(meta={'dagster': {'ref': {'name': 'fct_fx_day'}}}) }}
-- Rate by rate: of rates a sum says nothing.
with from_marts as (

    select
        rate_date,
        currency,
        usd_per_unit
    from {{ ref('fct_fx_day') }}
    where {{ where_operating_dates('rate_date') }}

),

from_rows as (

    select
        rate_date,
        currency,
        usd_per_unit
    from {{ ref('stg_opsdb__fx_rates') }}
    where deleted_at is null and {{ where_operating_dates('rate_date') }}

)

{{ sums_that_differ('from_marts', 'from_rows', ['usd_per_unit'], by=['rate_date', 'currency']) }}
