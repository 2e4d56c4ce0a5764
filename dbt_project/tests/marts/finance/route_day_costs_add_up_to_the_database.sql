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
        count(distinct leg_uid || cost_line || basis || driver)
        + count(case when leg_uid is null then 1 end) as legs,
        sum(quantity) as quantity,
        sum(amount_usd) as amount_usd,
        sum(case when basis = 'actual' then amount_usd else 0 end) as actual_usd
    from {{ ref('int_cost') }}
    where fate = 'counted' and {{ where_operating_dates() }}
    group by operating_date

)

{{ sums_that_differ('from_sums', 'from_rows', ['legs', 'quantity', 'amount_usd', 'actual_usd']) }}
