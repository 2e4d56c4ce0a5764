-- Written by `aero feed sync` from aero_assets/feeds/partner/metar.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'metar'), date_column='observed_on') }}

)

select
    cast(observed_on as date) as observed_on,
    cast(observed_at as timestamp) as observed_at,
    cast(station as varchar) as station,
    cast(report_kind as varchar) as report_kind,
    cast(version as integer) as version,
    cast(wind_from_degrees as integer) as wind_from_degrees,
    cast(wind_kt as double precision) as wind_kt,
    cast(gust_kt as double precision) as gust_kt,
    cast(visibility_miles as double precision) as visibility_miles,
    cast(weather as varchar) as weather,
    cast(has_ceiling as boolean) as has_ceiling,
    cast(ceiling_ft as integer) as ceiling_ft,
    cast(temperature_c as double precision) as temperature_c,
    cast(dew_point_c as double precision) as dew_point_c,
    cast(pressure_hpa as double precision) as pressure_hpa,
    cast(findings as varchar(1024)) as findings,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
