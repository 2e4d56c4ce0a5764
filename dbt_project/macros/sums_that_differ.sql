{#
    For tests that count the same figures twice: what two relations with equal columns do not agree on. A row of `by` that
    only one of them has is a difference too.
#}
{% macro sums_that_differ(left, right, figures, by=['operating_date']) -%}
    select
        {%- for column in by %}
        coalesce({{ left }}.{{ column }}, {{ right }}.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ left }}
    full outer join {{ right }}
        on {% for column in by %}
        {{- left }}.{{ column }} = {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
        {%- endfor %}
    where
        {{ left }}.{{ by[0] }} is null
        or {{ right }}.{{ by[0] }} is null
        {%- for figure in figures %}
        or {{ left }}.{{ figure }} <> {{ right }}.{{ figure }}
        {%- endfor %}
{%- endmacro %}


{# Dates on which a mart of sums has other figures than the legs have, counted here in another way than there. #}
{% macro days_that_differ_from_legs(mart) -%}
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
        from {{ mart }}
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

    {{ sums_that_differ('from_sums', 'from_legs', [
        'scheduled_legs', 'cancelled_legs', 'diverted_legs', 'operated_legs', 'departed_legs', 'arrived_legs',
        'arr_late_15_legs', 'departure_minutes', 'arrival_minutes', 'block_minutes', 'distance_km', 'passengers',
        'load_legs', 'seat_km', 'passenger_km'
    ]) }}
{%- endmacro %}
