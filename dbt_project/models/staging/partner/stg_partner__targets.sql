-- Written by `aero feed sync` from aero_assets/feeds/partner/targets.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'targets'), date_column='month_start_on') }}

)

select
    cast(month_start_on as date) as month_start_on,
    cast(carrier as varchar) as carrier,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(kpi as varchar) as kpi,
    cast(target_value as double precision) as target_value,
    cast(data_label as varchar) as data_label,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
