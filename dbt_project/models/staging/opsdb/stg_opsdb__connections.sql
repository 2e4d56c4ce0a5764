-- Written by `aero feed sync` from aero_assets/feeds/opsdb/connections.toml; change it there.
with first_received as (

    {{ first_received(source('opsdb', 'connections'), date_column='operating_date') }}

),

-- A row is said again with every change: its latest version is what the database holds.
latest_version as (

    {{ latest_version('first_received', ['operating_date', 'in_leg_uid', 'out_leg_uid']) }}

)

select
    cast(in_leg_uid as varchar) as in_leg_uid,
    cast(out_leg_uid as varchar) as out_leg_uid,
    cast(operating_date as date) as operating_date,
    cast(airport as varchar) as airport,
    cast(passengers as integer) as passengers,
    cast(minimum_connect_minutes as integer) as minimum_connect_minutes,
    cast(connection_result as varchar) as connection_result,
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
