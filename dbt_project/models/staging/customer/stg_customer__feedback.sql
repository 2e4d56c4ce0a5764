-- Written by `aero feed sync` from aero_assets/feeds/customer/feedback.toml; change it there.
with first_received as (

    {{ first_received(source('customer', 'feedback'), date_column='operating_date') }}

)

select
    cast(leg_uid as varchar) as leg_uid,
    cast(operating_date as date) as operating_date,
    cast(carrier as varchar) as carrier,
    cast(flight_number as integer) as flight_number,
    cast(operational_suffix as varchar) as operational_suffix,
    cast(leg_sequence as integer) as leg_sequence,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(response_id as varchar) as response_id,
    cast(cabin as varchar) as cabin,
    cast(recommendation as integer) as recommendation,
    cast(satisfaction as integer) as satisfaction,
    cast(data_label as varchar) as data_label,
    cast(event_type as varchar) as event_type,
    cast(event_time as timestamp) as event_time,
    cast(is_correction as boolean) as is_correction,
    cast(source as varchar) as source,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
