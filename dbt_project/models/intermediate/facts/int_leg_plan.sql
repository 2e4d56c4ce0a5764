-- Plans of legs with the time at which each was made: of schedule files, events and the database. A row of the
-- database states its leg whole whenever it changes, so each version is a plan; staging keeps the last one only.
with from_files as (

    select
        cast('ssim' as varchar) as plan_source,
        {{ leg_uid() }} as leg_uid,
        operating_date,
        carrier,
        flight_number,
        cast(coalesce(operational_suffix, '') as varchar) as operational_suffix,
        leg_sequence,
        origin,
        destination,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        aircraft_type,
        seats,
        service_type,
        is_operated and coalesce(service_type in ({{ passenger_services() }}), true) as is_planned,
        cast(null as varchar) as data_label,
        coalesce(created_at, received_at) as made_at,
        version,
        received_at,
        event_id
    from {{ ref('stg_partner__ssim') }}

),

-- Rows of the database that the gateway told the stream are rows here already.
from_events as (

    select
        cast('event' as varchar) as plan_source,
        leg_uid,
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,
        destination,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        aircraft_type,
        seats,
        cast(null as varchar) as service_type,
        event_type <> 'cancel' as is_planned,
        data_label,
        event_time as made_at,
        version,
        received_at,
        event_id
    from {{ ref('stg_ops__leg_events') }}
    where event_type in ('schedule', 'cancel', 'reinstate') and source <> 'database'

),

from_database as (

    select
        cast('database' as varchar) as plan_source,
        leg_uid,
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin,
        destination,
        std_at,
        sta_at,
        std_utc_offset_minutes,
        sta_utc_offset_minutes,
        aircraft_type,
        seats,
        cast(null as varchar) as service_type,
        deleted_at is null and not coalesce(is_cancelled, false) as is_planned,
        data_label,
        updated_at as made_at,
        version,
        received_at,
        event_id
    from {{ ref('int_database_leg_version') }}

)

select * from from_files
union all
select * from from_events
union all
select * from from_database
