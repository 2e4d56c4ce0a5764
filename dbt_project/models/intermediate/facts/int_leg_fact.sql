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
        std_at,
        sta_at,
        distance_miles,
        cast(null as integer) as seats,
        cast(null as integer) as passengers,
        out_at,
        off_at,
        on_at,
        in_at,
        is_cancelled,
        cancellation_code,
        is_diverted,
        carrier_delay_minutes,
        weather_delay_minutes,
        nas_delay_minutes,
        security_delay_minutes,
        late_aircraft_delay_minutes

    from {{ ref('stg_partner__bts_ontime') }}

)

select * from bts_ontime
