-- Written by `aero feed sync` from aero_assets/feeds/partner/bts_cancellations.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'bts_cancellations'), date_column='operating_date') }}

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
    cast(tail as varchar) as tail,
    cast(std_at as timestamp) as std_at,
    cast(std_utc_offset_minutes as integer) as std_utc_offset_minutes,
    cast(is_cancelled as boolean) as is_cancelled,
    cast(is_diverted as boolean) as is_diverted,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
