{{ config(meta={'dagster': {'ref': {'name': 'fct_route_day_cost'}}}) }}
-- The same figures counted without routes: a leg on two routes, or lost for want of one, would show here.
with from_sums as (

    select
        operating_date,
        sum(legs) as legs,
        sum(quantity) as quantity,
        sum(amount_usd) as amount_usd,
        sum(case when basis = 'actual' then amount_usd else 0 end) as actual_usd
    from {{ ref('fct_route_day_cost') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

from_rows as (

    select
        operating_date,
        count(*) as legs,
        sum(cast(quantity as decimal(18, 3))) as quantity,
        sum(amount_usd) as amount_usd,
        sum(case when basis = 'actual' then amount_usd else 0 end) as actual_usd
    from {{ ref('stg_opsdb__leg_costs') }}
    where deleted_at is null and {{ where_operating_dates() }}
    group by operating_date

)

select coalesce(from_sums.operating_date, from_rows.operating_date) as operating_date
from from_sums
full outer join from_rows on from_sums.operating_date = from_rows.operating_date
where
    from_sums.operating_date is null
    or from_rows.operating_date is null
    or from_sums.legs <> from_rows.legs
    or from_sums.quantity <> from_rows.quantity
    or from_sums.amount_usd <> from_rows.amount_usd
    or from_sums.actual_usd <> from_rows.actual_usd
