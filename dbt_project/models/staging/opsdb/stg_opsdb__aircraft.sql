-- Written by `aero feed sync` from aero_assets/feeds/opsdb/aircraft.toml; change it there.
with first_received as (

    {{ first_received(source('opsdb', 'aircraft'), date_column='in_service_on') }}

),

-- A row is said again with every change: its latest version is what the database holds.
latest_version as (

    {{ latest_version('first_received', ['tail']) }}

)

select
    cast(tail as varchar) as tail,
    cast(aircraft_type as varchar) as aircraft_type,
    cast(seats as integer) as seats,
    cast(in_service_on as date) as in_service_on,
    cast(data_label as varchar) as data_label,
    cast(updated_at as timestamp) as updated_at,
    cast(deleted_at as timestamp) as deleted_at,
    cast(source as varchar) as source,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from latest_version
