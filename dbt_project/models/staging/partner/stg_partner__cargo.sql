-- Written by `aero feed sync` from aero_assets/feeds/partner/cargo.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'cargo'), date_column='operating_date') }}

)

select
    cast(operating_date as date) as operating_date,
    cast(carrier as varchar) as carrier,
    cast(flight_number as integer) as flight_number,
    cast(operational_suffix as varchar) as operational_suffix,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(air_waybill as varchar) as air_waybill,
    cast(weight_kg as double precision) as weight_kg,
    cast(cargo_revenue as double precision) as cargo_revenue,
    cast(currency as varchar) as currency,
    cast(data_label as varchar) as data_label,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
