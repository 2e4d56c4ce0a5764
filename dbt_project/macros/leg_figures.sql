{#
    Legs with their status, delays and sizes as a query over merged legs: a relation with the columns of int_leg. `at` is
    the time that decides what is due, and the start of the build where it is not given.
#}
{% macro leg_figures(legs, at=none) -%}
    {%- set now = at or as_of() %}
    with merged as (

        select
            *,
            coalesce(is_cancelled, false) as cancelled,
            cast(cast(distance_miles as decimal(9, 0)) * 1.609344 as decimal(18, 6)) as planned_km,
            -- one status each: a leg that was cancelled after landing elsewhere is cancelled
            coalesce(is_diverted and not coalesce(is_cancelled, false), false) as diverted
        from {{ legs }}
        where {{ where_operating_dates() }}

    ),

    -- How far the flights of a day are that lies ahead of the clock, as simulated ones may; history has no rows here.
    day_ahead as (

        select
            operating_date,
            max(coalesce(in_at, on_at, off_at, last_out_at)) as reached_at
        from merged
        where operating_date >= cast({{ now }} as date) - 2
        group by operating_date

    ),

    -- A leg flew as planned only if it was neither cancelled nor diverted; block, air and taxi-in
    -- times of other legs measure something else.
    classified as (

        select
            merged.*,
            day_ahead.reached_at,
            not merged.cancelled and not merged.diverted as as_planned,
            coalesce(merged.is_diverted, false)
            or coalesce(merged.out_at, merged.last_out_at, merged.off_at, merged.on_at, merged.in_at)
            is not null as departed
        from merged
        left join day_ahead on merged.operating_date = day_ahead.operating_date

    ),

    -- Times stay as they were received; figures are made of those that can be believed.
    {{ believed_times('classified') }}

    select
        leg_uid,

        -- identity of the leg
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,
        destination,
        origin || '-' || destination as route,
        tail,
        aircraft_type,

        -- times, all UTC
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        {{ local_hour('std_at', 'std_utc_offset_minutes') }} as std_local_hour,
        out_at,
        off_at,
        on_at,
        in_at,
        attempts,
        time_problem,

        -- status
        cancelled as is_cancelled,
        case when cancelled then cancellation_code end as cancellation_code,
        diverted as is_diverted,
        departed as is_departed,
        departed and not cancelled as is_operated,
        departed or {{ is_due('std_at', 'reached_at', now) }} as is_departure_due,
        in_at is not null or diverted or {{ is_due('sta_at', 'reached_at', now) }} as is_arrival_due,

        -- whole minutes
        {{ minutes_between('believed_std', 'believed_departure') }} as departure_delay_minutes,
        case when as_planned then {{ minutes_between('believed_sta', 'believed_in') }} end as arrival_delay_minutes,
        {{ minutes_between('believed_std', 'believed_sta') }} as scheduled_block_minutes,
        case when as_planned then {{ minutes_between('believed_out', 'believed_in') }} end as block_minutes,
        case when not cancelled then {{ minutes_between('believed_out', 'believed_off') }} end as taxi_out_minutes,
        case when as_planned then {{ minutes_between('believed_off', 'believed_on') }} end as air_minutes,
        case when as_planned then {{ minutes_between('believed_on', 'believed_in') }} end as taxi_in_minutes,

        -- causes, as coded: of a delay that was flown
        case when not cancelled then delay_codes end as delay_codes,
        case when not cancelled then carrier_delay_minutes end as carrier_delay_minutes,
        case when not cancelled then weather_delay_minutes end as weather_delay_minutes,
        case when not cancelled then nas_delay_minutes end as nas_delay_minutes,
        case when not cancelled then security_delay_minutes end as security_delay_minutes,
        case when not cancelled then late_aircraft_delay_minutes end as late_aircraft_delay_minutes,

        -- size
        planned_km as distance_km,
        seats,
        passengers,

        -- capacity and traffic of operated legs, over the planned distance also where the leg went elsewhere
        cast(
            case when departed and not cancelled then planned_km * cast(seats as decimal(9, 0)) end as decimal(18, 6)
        ) as seat_km,
        cast(
            case when departed and not cancelled then planned_km * cast(passengers as decimal(9, 0)) end as decimal(18, 6)
        ) as passenger_km,

        data_label
    from believed
{%- endmacro %}
