{#
    The additive sums of legs that every day-grain mart of legs carries. Ratios are left to readers:
    a mean of ratios is wrong, a ratio of sums is right at any grain.

    Written by `python -m tools.figures` from aero_streaming/figures/kpis.toml; change it there.
#}
{% macro leg_sums() -%}
    count(*) as scheduled_legs,
    {{ count_legs('is_departure_due') }} as due_legs,
    {{ count_legs('is_cancelled') }} as cancelled_legs,
    {{ count_legs('is_departure_due and is_cancelled') }} as due_cancelled_legs,
    {{ count_legs('is_departure_due and not is_operated and not is_cancelled') }} as silent_legs,
    {{ count_legs('is_diverted') }} as diverted_legs,
    {{ count_legs('is_operated') }} as operated_legs,
    {{ count_legs('time_problem is not null') }} as implausible_legs,
    {{ count_legs('departure_delay_minutes is not null') }} as departed_legs,
    {{ count_legs('departure_delay_minutes <= 0') }} as dep_on_time_d0_legs,
    {{ count_legs('departure_delay_minutes >= 15') }} as dep_late_15_legs,
    {{ sum_whole('greatest(departure_delay_minutes, 0)') }} as departure_delay_minutes,
    {{ sum_whole('departure_delay_minutes') }} as net_departure_delay_minutes,
    {{ count_legs('is_operated and departure_delay_minutes is not null') }} as dep_tracked_legs,
    {{ count_legs('is_operated and departure_delay_minutes < 1') }} as d0_on_time_legs,
    {{ count_legs('is_operated and departure_delay_minutes < 15') }} as d15_on_time_legs,
    {{ count_legs('arrival_delay_minutes is not null') }} as arrived_legs,
    {{ count_legs('arrival_delay_minutes >= 15') }} as arr_late_15_legs,
    {{ count_legs('arrival_delay_minutes >= 60') }} as arr_late_60_legs,
    {{ count_legs('arrival_delay_minutes >= 120') }} as arr_late_120_legs,
    {{ count_legs('arrival_delay_minutes >= 240') }} as arr_late_240_legs,
    {{ sum_whole('greatest(arrival_delay_minutes, 0)') }} as arrival_delay_minutes,
    {{ sum_whole('arrival_delay_minutes') }} as net_arrival_delay_minutes,
    {{ count_legs('is_diverted or arrival_delay_minutes is not null') }} as arr_tracked_legs,
    {{ count_legs('arrival_delay_minutes < 15') }} as a14_on_time_legs,
    {{ count_legs('is_arrival_due') }} as arr_due_legs,
    {{ sum_whole('scheduled_block_minutes') }} as scheduled_block_minutes,
    {{ count_legs('block_minutes is not null') }} as block_legs,
    {{ sum_whole('block_minutes') }} as block_minutes,
    {{ sum_whole('case when block_minutes is not null then scheduled_block_minutes end') }}
        as block_legs_scheduled_minutes,
    {{ count_legs('taxi_out_minutes is not null') }} as taxi_out_legs,
    {{ sum_whole('taxi_out_minutes') }} as taxi_out_minutes,
    {{ count_legs('air_minutes is not null') }} as air_legs,
    {{ sum_whole('air_minutes') }} as air_minutes,
    {{ count_legs('taxi_in_minutes is not null') }} as taxi_in_legs,
    {{ sum_whole('taxi_in_minutes') }} as taxi_in_minutes,
    cast(coalesce(sum(distance_km), 0) as decimal(18, 6)) as distance_km,
    cast(coalesce(sum(case when is_operated then distance_km end), 0) as decimal(18, 6)) as operated_distance_km,
    {{ count_legs('is_operated and passengers is not null') }} as passenger_legs,
    {{ sum_whole('case when is_operated then passengers end') }} as passengers,
    {{ count_legs('seat_km is not null and passenger_km is not null') }} as load_legs,
    cast(coalesce(sum(case when passenger_km is not null then seat_km end), 0) as decimal(18, 6)) as seat_km,
    cast(coalesce(sum(case when seat_km is not null then passenger_km end), 0) as decimal(18, 6)) as passenger_km
{%- endmacro %}
