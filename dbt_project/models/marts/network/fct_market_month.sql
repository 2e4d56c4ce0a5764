{{ config(materialized='view', bind=False) }}
-- Both directions of a pair of airports are one market: airlines compete for the pair, and fly it there and back.
with carriers as (

    select
        month_start_on,
        least(origin, destination) as first_airport,
        greatest(origin, destination) as second_airport,
        carrier,
        cast(sum(departures) as bigint) as departures,
        cast(sum(seats) as bigint) as seats,
        cast(sum(passengers) as bigint) as passengers,
        cast(sum(seat_km) as decimal(18, 6)) as seat_km,
        cast(sum(passenger_km) as decimal(18, 6)) as passenger_km
    from {{ ref('fct_carrier_route_month') }}
    group by month_start_on, least(origin, destination), greatest(origin, destination), carrier

),

markets as (

    select
        month_start_on,
        first_airport,
        second_airport,
        count(case when seats > 0 then 1 end) as seat_carriers,
        cast(sum(departures) as bigint) as market_departures,
        cast(sum(seats) as bigint) as market_seats,
        cast(sum(passengers) as bigint) as market_passengers
    from carriers
    group by month_start_on, first_airport, second_airport

),

shares as (

    select
        carriers.*,
        markets.seat_carriers,
        markets.market_departures,
        markets.market_seats,
        markets.market_passengers,
        cast(carriers.departures as double precision) / nullif(markets.market_departures, 0) as departure_share,
        cast(carriers.seats as double precision) / nullif(markets.market_seats, 0) as seat_share,
        cast(carriers.passengers as double precision) / nullif(markets.market_passengers, 0) as passenger_share
    from carriers
    inner join markets
        on
            carriers.month_start_on = markets.month_start_on
            and carriers.first_airport = markets.first_airport
            and carriers.second_airport = markets.second_airport

)

select
    month_start_on,
    first_airport || '-' || second_airport as market,
    first_airport,
    second_airport,
    carrier,
    departures,
    seats,
    passengers,

    -- a load factor is passenger_km / seat_km
    seat_km,
    passenger_km,

    -- all carriers together, the same in every row of a market
    seat_carriers,
    market_departures,
    market_seats,
    market_passengers,

    -- empty where nobody has any
    departure_share,
    seat_share,
    passenger_share,
    rank() over (
        partition by month_start_on, first_airport, second_airport order by seats desc
    ) as seat_rank,
    10000 * sum(seat_share * seat_share) over (
        partition by month_start_on, first_airport, second_airport
    ) as seat_hhi
from shares
