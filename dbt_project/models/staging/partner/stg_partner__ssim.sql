-- Written by `aero feed sync` from aero_assets/feeds/partner/ssim.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'ssim'), date_column='operating_date') }}

)

select
    cast(operating_date as date) as operating_date,
    cast(carrier as varchar) as carrier,
    cast(flight_number as integer) as flight_number,
    cast(operational_suffix as varchar) as operational_suffix,
    cast(leg_sequence as integer) as leg_sequence,
    cast(season as varchar) as season,
    cast(created_at as timestamp) as created_at,
    cast(service_type as varchar) as service_type,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(std_at as timestamp) as std_at,
    cast(sta_at as timestamp) as sta_at,
    cast(std_utc_offset_minutes as integer) as std_utc_offset_minutes,
    cast(sta_utc_offset_minutes as integer) as sta_utc_offset_minutes,
    cast(aircraft_type as varchar) as aircraft_type,
    cast(seats as integer) as seats,
    cast(is_operated as boolean) as is_operated,
    cast(codeshares as varchar(2048)) as codeshares,
    cast(findings as varchar(1024)) as findings,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
