-- A new source of leg facts is one more select here, with the same columns in the same order.
with bts_ontime as (

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

    from {{ ref('stg_partner__bts_ontime') }}

),

-- This airline sends delay codes; what they mean for the causes that BTS knows is data.
airline_codes as (

    select
        *,
        {{ delay_code('delay_codes', 1) }} as code_1,
        {{ delay_code('delay_codes', 2) }} as code_2,
        {{ delay_code('delay_codes', 3) }} as code_3,
        {{ delay_code('delay_codes', 4) }} as code_4,
        {{ delay_code_minutes('delay_codes', 1) }} as minutes_1,
        {{ delay_code_minutes('delay_codes', 2) }} as minutes_2,
        {{ delay_code_minutes('delay_codes', 3) }} as minutes_3,
        {{ delay_code_minutes('delay_codes', 4) }} as minutes_4
    from {{ ref('stg_partner__airline_legs') }}

),

airline_causes as (

    select
        airline_codes.*,
        meaning_1.bts_cause as cause_1,
        meaning_2.bts_cause as cause_2,
        meaning_3.bts_cause as cause_3,
        meaning_4.bts_cause as cause_4
    from airline_codes
    left join {{ ref('delay_codes') }} as meaning_1 on airline_codes.code_1 = meaning_1.code
    left join {{ ref('delay_codes') }} as meaning_2 on airline_codes.code_2 = meaning_2.code
    left join {{ ref('delay_codes') }} as meaning_3 on airline_codes.code_3 = meaning_3.code
    left join {{ ref('delay_codes') }} as meaning_4 on airline_codes.code_4 = meaning_4.code

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
        case when {{ any_delay_code() }} then delay_codes end as delay_codes,
        is_diverted,
        {{ cause_minutes('carrier') }} as carrier_delay_minutes,
        {{ cause_minutes('weather') }} as weather_delay_minutes,
        {{ cause_minutes('nas') }} as nas_delay_minutes,
        {{ cause_minutes('security') }} as security_delay_minutes,
        {{ cause_minutes('late_aircraft') }} as late_aircraft_delay_minutes

    from airline_causes

)

select * from bts_ontime
union all
select * from airline_legs
