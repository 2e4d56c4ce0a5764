-- Written by `aero feed sync` from aero_assets/feeds/partner/revenue.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'revenue'), date_column='operating_date') }}

)

select
    cast(operating_date as date) as operating_date,
    cast(carrier as varchar) as carrier,
    cast(flight_number as integer) as flight_number,
    cast(operational_suffix as varchar) as operational_suffix,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(coupon_id as varchar) as coupon_id,
    cast(coupons as integer) as coupons,
    cast(cabin as varchar) as cabin,
    cast(status as varchar) as status,
    cast(revenue as double precision) as revenue,
    cast(fare as double precision) as fare,
    cast(ancillary as double precision) as ancillary,
    cast(tua as double precision) as tua,
    cast(iva as double precision) as iva,
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
