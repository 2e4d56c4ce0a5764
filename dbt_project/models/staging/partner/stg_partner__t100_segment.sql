-- Written by `aero feed sync` from aero_assets/feeds/partner/t100_segment.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 't100_segment'), date_column='month_start_on') }}

)

select
    cast(month_start_on as date) as month_start_on,
    cast(carrier as varchar) as carrier,
    cast(carrier_name as varchar) as carrier_name,
    cast(carrier_entity as varchar) as carrier_entity,
    cast(reporting_region as varchar) as reporting_region,
    cast(is_foreign_carrier as boolean) as is_foreign_carrier,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(origin_country as varchar) as origin_country,
    cast(destination_country as varchar) as destination_country,
    cast(aircraft_type_code as varchar) as aircraft_type_code,
    cast(aircraft_configuration as varchar) as aircraft_configuration,
    cast(service_class as varchar) as service_class,
    cast(departures_scheduled as integer) as departures_scheduled,
    cast(departures as integer) as departures,
    cast(seats as integer) as seats,
    cast(passengers as integer) as passengers,
    cast(payload_lb as integer) as payload_lb,
    cast(freight_lb as integer) as freight_lb,
    cast(mail_lb as integer) as mail_lb,
    cast(distance_miles as integer) as distance_miles,
    cast(ramp_to_ramp_minutes as integer) as ramp_to_ramp_minutes,
    cast(air_minutes as integer) as air_minutes,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
