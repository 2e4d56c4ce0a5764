-- Plans of legs with the time at which each was made: of schedule files, events and the database. A row of the
-- database states its leg whole whenever it changes, so each version is a plan; staging keeps the last one only.
with database_rows as (

    {{ first_received(source('opsdb', 'legs'), date_column='operating_date') }}

),

from_files as (

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
        cast(leg_uid as varchar) as leg_uid,
        cast(operating_date as date) as operating_date,
        cast(carrier as varchar) as carrier,
        cast(flight_number as integer) as flight_number,
        cast(operational_suffix as varchar) as operational_suffix,
        cast(leg_sequence as integer) as leg_sequence,
        cast(origin as varchar) as origin,
        cast(destination as varchar) as destination,
        cast(std_at as timestamp) as std_at,
        cast(sta_at as timestamp) as sta_at,
        cast(std_utc_offset_minutes as integer) as std_utc_offset_minutes,
        cast(sta_utc_offset_minutes as integer) as sta_utc_offset_minutes,
        cast(aircraft_type as varchar) as aircraft_type,
        cast(seats as integer) as seats,
        cast(null as varchar) as service_type,
        deleted_at is null and not coalesce(is_cancelled, false) as is_planned,
        cast(data_label as varchar) as data_label,
        cast(updated_at as timestamp) as made_at,
        cast(version as integer) as version,
        cast(received_at as timestamp) as received_at,
        cast(event_id as varchar) as event_id
    from database_rows

)

select * from from_files
union all
select * from from_events
union all
select * from from_database
