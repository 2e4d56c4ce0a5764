-- Written by `aero feed sync` from aero_assets/feeds/opsdb/leg_costs.toml; change it there.
with first_received as (

    {{ first_received(source('opsdb', 'leg_costs'), date_column='operating_date') }}

),

-- A row is said again with every change: its latest version is what the database holds.
latest_version as (

    {{ latest_version('first_received', ['operating_date', 'leg_uid', 'cost_line']) }}

)

select
    cast(leg_uid as varchar) as leg_uid,
    cast(cost_line as varchar) as cost_line,
    cast(operating_date as date) as operating_date,
    cast(driver as varchar) as driver,
    cast(quantity as double precision) as quantity,
    cast(usd_per_unit as double precision) as usd_per_unit,
    cast(amount_usd as decimal(18, 2)) as amount_usd,
    cast(basis as varchar) as basis,
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
