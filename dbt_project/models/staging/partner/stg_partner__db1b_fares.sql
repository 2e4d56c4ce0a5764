-- Written by `aero feed sync` from aero_assets/feeds/partner/db1b_fares.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'db1b_fares'), date_column='quarter_start_on') }}

)

select
    cast(quarter_start_on as date) as quarter_start_on,
    cast(first_airport as varchar) as first_airport,
    cast(second_airport as varchar) as second_airport,
    cast(sampled_passengers as integer) as sampled_passengers,
    cast(average_fare_usd as double precision) as average_fare_usd,
    cast(fare_per_mile_usd as double precision) as fare_per_mile_usd,
    cast(passenger_change_percent as double precision) as passenger_change_percent,
    cast(fare_change_percent as double precision) as fare_change_percent,
    cast(fare_per_mile_change_percent as double precision) as fare_per_mile_change_percent,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
