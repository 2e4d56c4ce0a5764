{{ config(meta={'dagster': {'ref': {'name': 'fct_carrier_day'}}}) }}
-- Every figure of a day is the same counted from its legs, and a day is in both or in neither.
with from_sums as (

    select
        operating_date,
        sum(scheduled_legs) as scheduled_legs,
        sum(cancelled_legs) as cancelled_legs,
        sum(diverted_legs) as diverted_legs,
        sum(operated_legs) as operated_legs,
        sum(departed_legs) as departed_legs,
        sum(arrived_legs) as arrived_legs,
        sum(arr_late_15_legs) as arr_late_15_legs,
        sum(net_departure_delay_minutes) as departure_minutes,
        sum(net_arrival_delay_minutes) as arrival_minutes,
        sum(block_minutes) as block_minutes,
        sum(distance_km) as distance_km,
        sum(passengers) as passengers,
        sum(load_legs) as load_legs,
        sum(seat_km) as seat_km,
        sum(passenger_km) as passenger_km
    from {{ ref('fct_carrier_day') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

from_legs as (

    select
        operating_date,
        count(*) as scheduled_legs,
        sum(case when is_cancelled then 1 else 0 end) as cancelled_legs,
        sum(case when is_diverted then 1 else 0 end) as diverted_legs,
        sum(case when is_operated then 1 else 0 end) as operated_legs,
        count(departure_delay_minutes) as departed_legs,
        count(arrival_delay_minutes) as arrived_legs,
        sum(case when arrival_delay_minutes >= 15 then 1 else 0 end) as arr_late_15_legs,
        coalesce(sum(departure_delay_minutes), 0) as departure_minutes,
        coalesce(sum(arrival_delay_minutes), 0) as arrival_minutes,
        coalesce(sum(block_minutes), 0) as block_minutes,
        coalesce(sum(distance_km), 0) as distance_km,
        coalesce(sum(case when is_operated then passengers end), 0) as passengers,
        count(seat_km + passenger_km) as load_legs,
        coalesce(sum(case when passengers is not null then seat_km end), 0) as seat_km,
        coalesce(sum(case when seats is not null then passenger_km end), 0) as passenger_km
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}
    group by operating_date

)

select coalesce(from_sums.operating_date, from_legs.operating_date) as operating_date
from from_sums
full outer join from_legs on from_sums.operating_date = from_legs.operating_date
where
    from_sums.operating_date is null
    or from_legs.operating_date is null
    or from_sums.scheduled_legs <> from_legs.scheduled_legs
    or from_sums.cancelled_legs <> from_legs.cancelled_legs
    or from_sums.diverted_legs <> from_legs.diverted_legs
    or from_sums.operated_legs <> from_legs.operated_legs
    or from_sums.departed_legs <> from_legs.departed_legs
    or from_sums.arrived_legs <> from_legs.arrived_legs
    or from_sums.arr_late_15_legs <> from_legs.arr_late_15_legs
    or from_sums.departure_minutes <> from_legs.departure_minutes
    or from_sums.arrival_minutes <> from_legs.arrival_minutes
    or from_sums.block_minutes <> from_legs.block_minutes
    or from_sums.distance_km <> from_legs.distance_km
    or from_sums.passengers <> from_legs.passengers
    or from_sums.load_legs <> from_legs.load_legs
    or from_sums.seat_km <> from_legs.seat_km
    or from_sums.passenger_km <> from_legs.passenger_km
