-- A new source of leg facts is one more select here, with the same columns in the same order.
with last_bts_ontime as (

    {{ last_rows_of_legs(ref('stg_partner__bts_ontime')) }}

),

bts_ontime as (

    select
        event_id,
        leg_uid,

        -- where the fact comes from
        source,
        attempt,
        is_actual,
        version,
        received_at,
        raw_ref,

        -- identity of the leg
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,

        -- what the merge decides
        destination,
        tail,
        cast(null as varchar) as aircraft_type,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        distance_miles,
        cast(null as integer) as seats,
        cast(null as varchar) as data_label,
        cast(null as integer) as passengers,
        out_at,
        off_at,
        on_at,
        in_at,
        is_cancelled,
        cancellation_code,
        cast(null as varchar) as delay_codes,
        is_diverted,
        carrier_delay_minutes,
        weather_delay_minutes,
        nas_delay_minutes,
        security_delay_minutes,
        late_aircraft_delay_minutes

    from last_bts_ontime

),

last_bts_departures as (

    {{ last_rows_of_legs(ref('stg_partner__bts_departures')) }}

),

bts_departures as (

    select
        event_id,
        leg_uid,

        -- where the fact comes from
        source,
        attempt,
        is_actual,
        version,
        received_at,
        raw_ref,

        -- identity of the leg
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,

        -- what the merge decides
        destination,
        tail,
        cast(null as varchar) as aircraft_type,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        cast(null as integer) as sta_utc_offset_minutes,
        cast(null as integer) as distance_miles,
        cast(null as integer) as seats,
        cast(null as varchar) as data_label,
        cast(null as integer) as passengers,
        out_at,
        off_at,
        cast(null as timestamp) as on_at,
        in_at,
        is_cancelled,
        cast(null as varchar) as cancellation_code,
        cast(null as varchar) as delay_codes,
        is_diverted,
        carrier_delay_minutes,
        weather_delay_minutes,
        nas_delay_minutes,
        security_delay_minutes,
        late_aircraft_delay_minutes

    from last_bts_departures

),

last_airline_legs as (

    {{ last_rows_of_legs(ref('stg_partner__airline_legs')) }}

),

airline_legs as (

    select
        event_id,
        leg_uid,

        -- where the fact comes from
        source,
        attempt,
        is_actual,
        version,
        received_at,
        raw_ref,

        -- identity of the leg
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,

        -- what the merge decides
        destination,
        tail,
        aircraft_type,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        distance_miles,
        seats,
        data_label,
        passengers,
        out_at,
        off_at,
        on_at,
        in_at,
        is_cancelled,
        cancellation_code,
        delay_codes,
        is_diverted,
        cast(null as integer) as carrier_delay_minutes,
        cast(null as integer) as weather_delay_minutes,
        cast(null as integer) as nas_delay_minutes,
        cast(null as integer) as security_delay_minutes,
        cast(null as integer) as late_aircraft_delay_minutes

    from last_airline_legs

),

leg_events as (

    select {{ leg_event_columns() }} from {{ ref('stg_ops__leg_events') }}
    union all
    select {{ leg_event_columns() }} from {{ ref('int_database_leg_event') }}

),

event_kinds as (

    select
        *,
        {{ describes_leg() }} as describes_leg,
        {{ is_return() }} as is_return
    from leg_events

),

-- A return counts once however often it is told and corrected: a correction keeps its event time.
event_returns as (

    select
        *,
        case
            when
                is_return
                and row_number() over (
                    partition by operating_date, leg_uid, event_time, is_return
                    order by event_id
                ) = 1 then 1
            else 0
        end as returned
    from event_kinds

),

-- 1 + the returns with an earlier event time: at equal times the return itself comes last.
event_attempts as (

    select
        *,
        1 + coalesce(sum(returned) over (
            partition by operating_date, leg_uid
            order by event_time, returned
            rows between unbounded preceding and 1 preceding
        ), 0) as attempt
    from event_returns

),

-- What an event says to the merge: aero_streaming.events.to_fact; a test holds the two together.
ops_leg_events as (

    select
        event_id,
        leg_uid,

        -- where the fact comes from
        source,
        cast(attempt as integer) as attempt,
        is_actual,
        version,
        received_at,
        raw_ref,

        -- identity of the leg
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,

        -- what the merge decides
        case when describes_leg then destination end as destination,
        case when describes_leg then tail end as tail,
        case when describes_leg then aircraft_type end as aircraft_type,
        case when describes_leg then std_at end as std_at,
        case when describes_leg then sta_at end as sta_at,
        case when describes_leg then std_utc_offset_minutes end as std_utc_offset_minutes,
        case when describes_leg then sta_utc_offset_minutes end as sta_utc_offset_minutes,
        distance_miles,
        case when describes_leg then seats end as seats,
        case when describes_leg then data_label end as data_label,
        passengers,
        coalesce(out_at, estimated_out_at) as out_at,
        coalesce(off_at, estimated_off_at) as off_at,
        coalesce(on_at, estimated_on_at) as on_at,
        coalesce(in_at, estimated_in_at) as in_at,
        {{ says_cancelled() }} as is_cancelled,
        cancellation_code,
        delay_codes,
        {{ says_diverted() }} as is_diverted,
        carrier_delay_minutes,
        weather_delay_minutes,
        nas_delay_minutes,
        security_delay_minutes,
        late_aircraft_delay_minutes

    from event_attempts

),

coded_facts as (

    select * from airline_legs
    union all
    select * from ops_leg_events

),

-- Airlines send delay codes; what they mean for the causes that BTS knows is data. Causes that were sent stand.
codes as (

    select
        *,
        coalesce(
            carrier_delay_minutes,
            weather_delay_minutes,
            nas_delay_minutes,
            security_delay_minutes,
            late_aircraft_delay_minutes
        ) is not null as has_causes,
        {{ delay_code('delay_codes', 1) }} as code_1,
        {{ delay_code('delay_codes', 2) }} as code_2,
        {{ delay_code('delay_codes', 3) }} as code_3,
        {{ delay_code('delay_codes', 4) }} as code_4,
        {{ delay_code_minutes('delay_codes', 1) }} as minutes_1,
        {{ delay_code_minutes('delay_codes', 2) }} as minutes_2,
        {{ delay_code_minutes('delay_codes', 3) }} as minutes_3,
        {{ delay_code_minutes('delay_codes', 4) }} as minutes_4
    from coded_facts

),

code_causes as (

    select
        codes.*,
        meaning_1.bts_cause as cause_1,
        meaning_2.bts_cause as cause_2,
        meaning_3.bts_cause as cause_3,
        meaning_4.bts_cause as cause_4
    from codes
    left join {{ ref('delay_codes') }} as meaning_1 on codes.code_1 = meaning_1.code
    left join {{ ref('delay_codes') }} as meaning_2 on codes.code_2 = meaning_2.code
    left join {{ ref('delay_codes') }} as meaning_3 on codes.code_3 = meaning_3.code
    left join {{ ref('delay_codes') }} as meaning_4 on codes.code_4 = meaning_4.code

),

with_causes as (

    select
        event_id,
        leg_uid,

        -- where the fact comes from
        source,
        attempt,
        is_actual,
        version,
        received_at,
        raw_ref,

        -- identity of the leg
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,

        -- what the merge decides
        destination,
        tail,
        aircraft_type,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        distance_miles,
        seats,
        data_label,
        passengers,
        out_at,
        off_at,
        on_at,
        in_at,
        is_cancelled,
        cancellation_code,
        case when {{ any_delay_code() }} then delay_codes end as delay_codes,
        is_diverted,
        case when has_causes then carrier_delay_minutes else {{ cause_minutes('carrier') }} end
            as carrier_delay_minutes,
        case when has_causes then weather_delay_minutes else {{ cause_minutes('weather') }} end
            as weather_delay_minutes,
        case when has_causes then nas_delay_minutes else {{ cause_minutes('nas') }} end
            as nas_delay_minutes,
        case when has_causes then security_delay_minutes else {{ cause_minutes('security') }} end
            as security_delay_minutes,
        case when has_causes then late_aircraft_delay_minutes else {{ cause_minutes('late_aircraft') }} end
            as late_aircraft_delay_minutes

    from code_causes

)

select * from bts_ontime
union all
select * from bts_departures
union all
select * from with_causes
