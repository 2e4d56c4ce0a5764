{{ config(meta={'dagster': {'ref': {'name': 'fct_carrier_route_month'}}}) }}
-- The same figures counted without routes: a segment on two routes, or on none, would show here.
with segments as (

    {{ last_word(ref('stg_partner__t100_segment'), t100_identity()) }}

),

by_route as (

    select
        month_start_on,
        carrier,
        sum(departures) as departures,
        sum(seats) as seats,
        sum(passengers) as passengers
    from {{ ref('fct_carrier_route_month') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on, carrier

),

by_segment as (

    select
        month_start_on,
        carrier,
        sum(departures) as departures,
        sum(seats) as seats,
        sum(passengers) as passengers
    from segments
    group by month_start_on, carrier

)

select
    coalesce(by_route.month_start_on, by_segment.month_start_on) as month_start_on,
    coalesce(by_route.carrier, by_segment.carrier) as carrier
from by_route
full outer join by_segment
    on by_route.month_start_on = by_segment.month_start_on and by_route.carrier = by_segment.carrier
where
    by_route.carrier is null
    or by_segment.carrier is null
    or by_route.departures <> by_segment.departures
    or by_route.seats <> by_segment.seats
    or by_route.passengers <> by_segment.passengers
