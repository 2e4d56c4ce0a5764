-- What a row of the database says, one event per thing: aero_ingest/database_events.py tells the stream the same,
-- and a test holds the two together. Returns are counted by events, so the row's times must be events too.
with legs as (

    select * from {{ ref('stg_opsdb__legs') }}
    where deleted_at is null

),

kinds as (

    select cast('schedule' as varchar) as event_type
    union all
    select cast('cancel' as varchar) as event_type
    union all
    select cast('divert' as varchar) as event_type
    union all
    select cast('out' as varchar) as event_type
    union all
    select cast('off' as varchar) as event_type
    union all
    select cast('on' as varchar) as event_type
    union all
    select cast('in' as varchar) as event_type
    union all
    select cast('delay_codes' as varchar) as event_type
    union all
    select cast('load' as varchar) as event_type

),

said as (

    select
        legs.*,
        kinds.event_type,
        case kinds.event_type
            when 'out' then legs.out_at
            when 'off' then legs.off_at
            when 'on' then legs.on_at
            when 'in' then legs.in_at
            else legs.updated_at
        end as event_time
    from legs
    cross join kinds
    where
        case kinds.event_type
            when 'schedule' then true
            when 'cancel' then legs.is_cancelled
            when 'divert' then legs.is_diverted
            -- The departure that counts is the first; a row of a later attempt has only its own.
            when 'out' then legs.out_at is not null and legs.attempt = 1
            when 'off' then legs.off_at is not null
            when 'on' then legs.on_at is not null
            when 'in' then legs.in_at is not null
            when 'delay_codes' then legs.delay_codes is not null
            when 'load' then legs.passengers is not null and not legs.is_cancelled
        end

)

select
    md5(event_id || event_type) as event_id,
    leg_uid,
    event_type,
    event_time,

    -- identity of the leg
    operating_date,
    carrier,
    flight_number,
    operational_suffix,
    leg_sequence,
    origin,

    -- what it says
    destination,
    tail,
    aircraft_type,
    std_at,
    sta_at,
    std_utc_offset_minutes,
    sta_utc_offset_minutes,
    seats,
    data_label,
    case when event_type = 'schedule' then distance_miles end as distance_miles,
    case when event_type = 'load' then passengers end as passengers,
    case when event_type = 'out' then out_at end as out_at,
    case when event_type = 'off' then off_at end as off_at,
    case when event_type = 'on' then on_at end as on_at,
    case when event_type = 'in' then in_at end as in_at,
    cast(null as timestamp) as estimated_out_at,
    cast(null as timestamp) as estimated_off_at,
    cast(null as timestamp) as estimated_on_at,
    cast(null as timestamp) as estimated_in_at,
    case when event_type = 'cancel' then cancellation_code end as cancellation_code,
    case when event_type = 'delay_codes' then delay_codes end as delay_codes,
    cast(null as integer) as carrier_delay_minutes,
    cast(null as integer) as weather_delay_minutes,
    cast(null as integer) as nas_delay_minutes,
    cast(null as integer) as security_delay_minutes,
    cast(null as integer) as late_aircraft_delay_minutes,

    -- where the fact comes from
    source,
    is_actual,
    2 * version + case when event_type in ('cancel', 'divert') then 1 else 0 end as version,
    received_at,
    raw_ref
from said
