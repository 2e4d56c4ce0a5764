{{ config(materialized='view', bind=False, meta={'date_column': 'month_start_on'}) }}
-- Over days of the ladder: a month is a sum of its days first, and a ratio after that.
with days as (

    select
        *,
        cast(date_trunc('month', operating_date) as date) as month_start_on
    from {{ ref('fct_route_margin') }}

),

months as (

    select
        month_start_on,
        carrier,
        origin,
        destination,
        route,
        count(distinct operating_date) as days,
        cast(sum(operated_legs) as bigint) as operated_legs,
        cast(sum(distance_km) as decimal(18, 6)) as distance_km,
        cast(sum(seat_km) as decimal(18, 6)) as seat_km,
        cast(sum(passenger_km) as decimal(18, 6)) as passenger_km,
        cast(sum(passenger_revenue_usd) as decimal(18, 2)) as passenger_revenue_usd,
        cast(
            sum(case when passenger_revenue_usd is not null then revenue_usd end) as decimal(18, 2)
        ) as revenue_usd,
        cast(sum(cost_usd) as decimal(18, 2)) as cost_usd,
        cast(sum(actual_cost_usd) as decimal(18, 2)) as actual_cost_usd,
        cast(sum(cost_ex_fuel_usd) as decimal(18, 2)) as cost_ex_fuel_usd,
        cast(
            sum(case when passenger_revenue_usd is not null then seat_km end) as decimal(18, 6)
        ) as revenue_seat_km,
        cast(
            sum(case when passenger_revenue_usd is not null then passenger_km end) as decimal(18, 6)
        ) as revenue_passenger_km,
        cast(sum(case when cost_usd is not null then seat_km end) as decimal(18, 6)) as cost_seat_km,
        max(data_label) as data_label
    from days
    group by month_start_on, carrier, origin, destination, route

),

-- The first day of the next month lies within 32 days of the first of this one.
units as (

    select
        months.*,
        cast(date_trunc('month', month_start_on + 32) as date) + {{ var('month_close_day') }} - 1 as closes_on,
        cast(distance_km as double precision) / nullif(operated_legs, 0) as stage_km,
        cast(revenue_usd as double precision) / nullif(cast(revenue_seat_km as double precision), 0) as rask_usd,
        cast(cost_usd as double precision) / nullif(cast(cost_seat_km as double precision), 0) as cask_usd,
        cast(cost_ex_fuel_usd as double precision)
        / nullif(cast(cost_seat_km as double precision), 0) as cask_ex_fuel_usd,
        cast(passenger_revenue_usd as double precision)
        / nullif(cast(revenue_passenger_km as double precision), 0) as yield_usd,
        cast(revenue_usd - passenger_revenue_usd as double precision)
        / nullif(cast(revenue_seat_km as double precision), 0) as other_rask_usd
    from months

)

select
    month_start_on,
    carrier,
    origin,
    destination,
    route,

    -- a closed month whose costs are all invoices changes no more by itself
    closes_on,
    cast(
        case
            when closes_on <= cast({{ as_of() }} as date) and actual_cost_usd = cost_usd then 'final'
            else 'preliminary'
        end as varchar
    ) as month_status,
    days,
    operated_legs,
    seat_km,
    passenger_km,
    passenger_revenue_usd,
    revenue_usd,
    cost_usd,
    actual_cost_usd,
    stage_km,

    -- US dollars per seat- and passenger-kilometre
    rask_usd,
    cask_usd,
    cask_ex_fuel_usd,
    yield_usd,

    -- as if every route were as long as the reference
    rask_usd * sqrt(stage_km / {{ var('stage_reference_km') }}) as stage_adjusted_rask_usd,
    cask_usd * sqrt(stage_km / {{ var('stage_reference_km') }}) as stage_adjusted_cask_usd,

    -- the load at which passengers pay the costs that cargo does not
    (cask_usd - other_rask_usd) / nullif(yield_usd, 0) as break_even_load_factor,
    data_label
from units
