-- Every version of the rows of the database; staging keeps the last one only. Models by date read this and not
-- the source, whose tests are checks of one asset and belong to one set of models. On Redshift a table by date.
with first_received as (

    {{ first_received(source('opsdb', 'legs'), date_column='operating_date') }}

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
    cast(aircraft_type as varchar) as aircraft_type,
    cast(seats as integer) as seats,
    cast(distance_miles as integer) as distance_miles,
    cast(std_at as timestamp) as std_at,
    cast(sta_at as timestamp) as sta_at,
    cast(std_utc_offset_minutes as integer) as std_utc_offset_minutes,
    cast(sta_utc_offset_minutes as integer) as sta_utc_offset_minutes,
    cast(attempt as integer) as attempt,
    cast(out_at as timestamp) as out_at,
    cast(off_at as timestamp) as off_at,
    cast(on_at as timestamp) as on_at,
    cast(in_at as timestamp) as in_at,
    cast(is_cancelled as boolean) as is_cancelled,
    cast(cancellation_code as varchar) as cancellation_code,
    cast(is_diverted as boolean) as is_diverted,
    cast(delay_codes as varchar) as delay_codes,
    cast(passengers as integer) as passengers,
    cast(data_label as varchar) as data_label,
    cast(updated_at as timestamp) as updated_at,
    cast(deleted_at as timestamp) as deleted_at,
    cast(source as varchar) as source,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
