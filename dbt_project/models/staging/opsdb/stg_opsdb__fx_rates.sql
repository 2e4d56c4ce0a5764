-- Written by `aero feed sync` from aero_assets/feeds/opsdb/fx_rates.toml; change it there.
with first_received as (

    {{ first_received(source('opsdb', 'fx_rates'), date_column='rate_date') }}

),

-- A row is said again with every change: its latest version is what the database holds.
latest_version as (

    {{ latest_version('first_received', ['rate_date', 'currency']) }}

)

select
    cast(rate_date as date) as rate_date,
    cast(currency as varchar) as currency,
    cast(usd_per_unit as double precision) as usd_per_unit,
    cast(published_by as varchar) as published_by,
    cast(data_label as varchar) as data_label,
    cast(deleted_at as timestamp) as deleted_at,
    cast(source as varchar) as source,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from latest_version
