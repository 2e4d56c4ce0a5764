{{ config(meta={'dagster': {'ref': {'name': 'fct_market_month'}}}) }}
-- Shares are of all carriers, and concentration lies between that of equal carriers and that of one alone.
with markets as (

    select
        month_start_on,
        market,
        seat_carriers,
        sum(departure_share) as departure_share,
        sum(seat_share) as seat_share,
        sum(passenger_share) as passenger_share,
        min(seat_rank) as first_rank,
        min(seat_hhi) as least_hhi,
        max(seat_hhi) as most_hhi
    from {{ ref('fct_market_month') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on, market, seat_carriers

)

select *
from markets
where
    abs(departure_share - 1) > 0.000001
    or abs(seat_share - 1) > 0.000001
    or abs(passenger_share - 1) > 0.000001
    or first_rank <> 1
    or least_hhi <> most_hhi
    or least_hhi < 10000.0 / nullif(seat_carriers, 0) - 0.001
    or most_hhi > 10000.001
