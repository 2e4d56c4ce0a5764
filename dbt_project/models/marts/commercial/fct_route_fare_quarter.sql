{{ config(sort=['quarter_start_on'], meta={'date_column': 'quarter_start_on'}) }}
-- Revenue and miles of the sample, not its averages: those of several routes are ratios of their sums.
with fares as (

    {{ last_word(ref('stg_partner__db1b_fares'), ['quarter_start_on', 'first_airport', 'second_airport']) }}

)

select
    quarter_start_on,
    first_airport,
    second_airport,
    first_airport || '-' || second_airport as undirected_route,
    sampled_passengers,
    {{ cents('sampled_passengers * average_fare_usd') }} as sampled_revenue_usd,
    {{ cents('case when fare_per_mile_usd > 0 then '
        ~ 'sampled_passengers * average_fare_usd / fare_per_mile_usd end') }} as sampled_passenger_miles,
    sampled_passengers < 10 as is_small_sample
from fares
