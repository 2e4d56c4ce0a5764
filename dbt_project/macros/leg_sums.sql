{#
    The additive sums of legs that every day-grain mart of legs carries. Ratios are left to readers:
    a mean of ratios is wrong, a ratio of sums is right at any grain.
#}
{% macro leg_sums() -%}
    count(*) as scheduled_legs,
    {{ count_legs('is_cancelled') }} as cancelled_legs,
    {{ count_legs('is_diverted') }} as diverted_legs,
    {{ count_legs('is_operated') }} as operated_legs,
    {{ count_legs('time_problem is not null') }} as implausible_legs,

    -- departures: every leg whose OUT is known, cancelled later or not
    count(departure_delay_minutes) as departed_legs,
    {{ count_legs('departure_delay_minutes <= 0') }} as dep_on_time_d0_legs,
    {{ count_legs('departure_delay_minutes >= 15') }} as dep_late_15_legs,
    {{ sum_whole('greatest(departure_delay_minutes, 0)') }} as departure_delay_minutes,
    {{ sum_whole('departure_delay_minutes') }} as net_departure_delay_minutes,

    -- arrivals: neither cancelled nor diverted, IN known
    count(arrival_delay_minutes) as arrived_legs,
    {{ count_legs('arrival_delay_minutes >= 15') }} as arr_late_15_legs,
    {{ count_legs('arrival_delay_minutes >= 60') }} as arr_late_60_legs,
    {{ count_legs('arrival_delay_minutes >= 120') }} as arr_late_120_legs,
    {{ count_legs('arrival_delay_minutes >= 240') }} as arr_late_240_legs,
    {{ sum_whole('greatest(arrival_delay_minutes, 0)') }} as arrival_delay_minutes,
    {{ sum_whole('arrival_delay_minutes') }} as net_arrival_delay_minutes,

    -- gate to gate, each sum with the number of legs in it
    {{ sum_whole('scheduled_block_minutes') }} as scheduled_block_minutes,
    count(block_minutes) as block_legs,
    {{ sum_whole('block_minutes') }} as block_minutes,
    {{ sum_whole('case when block_minutes is not null then scheduled_block_minutes end') }}
        as block_legs_scheduled_minutes,
    count(taxi_out_minutes) as taxi_out_legs,
    {{ sum_whole('taxi_out_minutes') }} as taxi_out_minutes,
    count(air_minutes) as air_legs,
    {{ sum_whole('air_minutes') }} as air_minutes,
    count(taxi_in_minutes) as taxi_in_legs,
    {{ sum_whole('taxi_in_minutes') }} as taxi_in_minutes,

    -- distance
    cast(coalesce(sum(distance_km), 0) as decimal(18, 6)) as distance_km,
    cast(coalesce(sum(case when is_operated then distance_km end), 0) as decimal(18, 6)) as operated_distance_km,

    -- load: a load factor is passenger_km / seat_km, so both are of the legs where both are known
    {{ count_legs('is_operated and passengers is not null') }} as passenger_legs,
    {{ sum_whole('case when is_operated then passengers end') }} as passengers,
    {{ count_legs('seat_km is not null and passenger_km is not null') }} as load_legs,
    cast(coalesce(sum(case when passenger_km is not null then seat_km end), 0) as decimal(18, 6)) as seat_km,
    cast(coalesce(sum(case when seat_km is not null then passenger_km end), 0) as decimal(18, 6)) as passenger_km
{%- endmacro %}


{% macro count_legs(condition) -%}
    cast(coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as bigint)
{%- endmacro %}


{% macro sum_whole(expression) -%}
    cast(coalesce(sum({{ expression }}), 0) as bigint)
{%- endmacro %}
