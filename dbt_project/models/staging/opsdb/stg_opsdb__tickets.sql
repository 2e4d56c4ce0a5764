-- Written by `aero feed sync` from aero_assets/feeds/opsdb/tickets.toml; change it there.
with first_received as (

    {{ first_received(source('opsdb', 'tickets'), date_column='operating_date') }}

),

-- A row is said again with every change: its latest version is what the database holds.
latest_version as (

    {{ latest_version('first_received', ['operating_date', 'coupon_id']) }}

)

select
    cast(coupon_id as varchar) as coupon_id,
    cast(booking_hash as varchar) as booking_hash,
    cast(leg_uid as varchar) as leg_uid,
    cast(operating_date as date) as operating_date,
    cast(cabin as varchar) as cabin,
    cast(issued_at as timestamp) as issued_at,
    cast(status as varchar) as status,
    cast(fare_usd as decimal(18, 2)) as fare_usd,
    cast(ancillary_usd as decimal(18, 2)) as ancillary_usd,
    cast(tua_usd as decimal(18, 2)) as tua_usd,
    cast(iva_usd as decimal(18, 2)) as iva_usd,
    cast(currency as varchar) as currency,
    cast(seats as integer) as seats,
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
