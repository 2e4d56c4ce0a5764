{{ config(meta={'dagster': {'ref': {'name': 'fct_market_month'}}}) }}
-- A route in two markets, or in none, would show here, and so would a carrier that is counted twice.
with from_markets as (

    select
        month_start_on,
        carrier,
        sum(departures) as departures,
        sum(seats) as seats,
        sum(passengers) as passengers,
        sum(seat_km) as seat_km,
        sum(passenger_km) as passenger_km
    from {{ ref('fct_market_month') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on, carrier

),

from_routes as (

    select
        month_start_on,
        carrier,
        sum(departures) as departures,
        sum(seats) as seats,
        sum(passengers) as passengers,
        sum(seat_km) as seat_km,
        sum(passenger_km) as passenger_km
    from {{ ref('fct_carrier_route_month') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on, carrier

)

{{ sums_that_differ(
    'from_markets', 'from_routes', ['departures', 'seats', 'passengers', 'seat_km', 'passenger_km'],
    by=['month_start_on', 'carrier']
) }}
