{{ config(meta={'dagster': {'ref': {'name': 'fct_unit_metrics'}}}) }}
-- Revenue and costs of a month over its seat-kilometres: a mean of the ratios of its days would show here.
with months as (

    select distinct cast(date_trunc('month', operating_date) as date) as month_start_on
    from {{ ref('fct_route_margin') }}
    where {{ where_operating_dates() }}

),

from_days as (

    select
        cast(date_trunc('month', operating_date) as date) as month_start_on,
        carrier,
        route,
        sum(case when passenger_revenue_usd is not null then revenue_usd end) as revenue_usd,
        sum(case when passenger_revenue_usd is not null then seat_km end) as revenue_seat_km,
        sum(cost_usd) as cost_usd,
        sum(case when cost_usd is not null then seat_km end) as cost_seat_km
    from {{ ref('fct_route_margin') }}
    group by cast(date_trunc('month', operating_date) as date), carrier, route

)

select
    units.month_start_on,
    units.carrier,
    units.route,
    units.rask_usd,
    units.cask_usd
from {{ ref('fct_unit_metrics') }} as units
inner join months on units.month_start_on = months.month_start_on
inner join from_days
    on
        units.month_start_on = from_days.month_start_on
        and units.carrier = from_days.carrier
        and units.route = from_days.route
where
    abs(units.rask_usd * from_days.revenue_seat_km - from_days.revenue_usd) > 0.01
    or abs(units.cask_usd * from_days.cost_seat_km - from_days.cost_usd) > 0.01
