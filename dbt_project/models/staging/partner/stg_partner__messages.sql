-- Written by `aero feed sync` from aero_assets/feeds/partner/messages.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'messages'), date_column='sent_on') }}

)

select
    cast(sent_on as date) as sent_on,
    cast(sent_at as timestamp) as sent_at,
    cast(message_format as varchar) as message_format,
    cast(carrier as varchar) as carrier,
    cast(flight_number as integer) as flight_number,
    cast(operational_suffix as varchar) as operational_suffix,
    cast(flight_date as date) as flight_date,
    cast(is_correction as boolean) as is_correction,
    cast(is_cancelled as boolean) as is_cancelled,
    cast(tail as varchar) as tail,
    cast(airport as varchar) as airport,
    cast(out_at as timestamp) as out_at,
    cast(off_at as timestamp) as off_at,
    cast(on_at as timestamp) as on_at,
    cast(in_at as timestamp) as in_at,
    cast(estimated_out_at as timestamp) as estimated_out_at,
    cast(estimated_off_at as timestamp) as estimated_off_at,
    cast(estimated_on_at as timestamp) as estimated_on_at,
    cast(estimated_in_at as timestamp) as estimated_in_at,
    cast(returned_at as timestamp) as returned_at,
    cast(diverted_to as varchar) as diverted_to,
    cast(delays as varchar) as delays,
    cast(passengers as integer) as passengers,
    cast(infants as integer) as infants,
    cast(findings as varchar(1024)) as findings,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
