-- Written by `aero feed sync` from aero_assets/feeds/partner/bookings.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'bookings'), date_column='operating_date') }}

)

select
    cast(operating_date as date) as operating_date,
    cast(carrier as varchar) as carrier,
    cast(flight_number as integer) as flight_number,
    cast(operational_suffix as varchar) as operational_suffix,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(days_to_departure as integer) as days_to_departure,
    cast(booked_seats as integer) as booked_seats,
    cast(booked_revenue as double precision) as booked_revenue,
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
