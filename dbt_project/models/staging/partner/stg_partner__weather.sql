-- Written by `aero feed sync` from aero_assets/feeds/partner/weather.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'weather'), date_column='observed_on') }}

)

select
    cast(observed_on as date) as observed_on,
    cast(observed_at as timestamp) as observed_at,
    cast(airport as varchar) as airport,
    cast(utc_offset_minutes as integer) as utc_offset_minutes,
    cast(temperature_f as double precision) as temperature_f,
    cast(dew_point_f as double precision) as dew_point_f,
    cast(humidity_percent as double precision) as humidity_percent,
    cast(wind_from_degrees as integer) as wind_from_degrees,
    cast(wind_mph as double precision) as wind_mph,
    cast(gust_mph as double precision) as gust_mph,
    cast(precipitation_inches as double precision) as precipitation_inches,
    cast(pressure_hpa as double precision) as pressure_hpa,
    cast(visibility_miles as double precision) as visibility_miles,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
