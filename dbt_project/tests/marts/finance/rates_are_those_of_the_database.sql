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

select
    coalesce(from_marts.rate_date, from_rows.rate_date) as rate_date,
    coalesce(from_marts.currency, from_rows.currency) as currency
from from_marts
full outer join from_rows
    on from_marts.rate_date = from_rows.rate_date and from_marts.currency = from_rows.currency
where
    from_marts.currency is null
    or from_rows.currency is null
    or from_marts.usd_per_unit <> from_rows.usd_per_unit
