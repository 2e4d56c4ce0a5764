{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- The stream takes an event with any offset that some clock has. One of another zone shows the leg at a wrong
-- local time, perhaps on a wrong day: a warning, for the sender must correct it.
select
    event_id,
    carrier,
    flight_number,
    origin,
    destination,
    std_utc_offset_minutes,
    sta_utc_offset_minutes,
    raw_ref
from {{ ref('stg_ops__leg_events') }}
where has_other_offsets and {{ where_operating_dates() }}
