with segments as (

    {{ last_word(ref('stg_partner__t100_segment'), t100_identity()) }}

)

select
    month_start_on,
    carrier,
    origin,
    destination,
    origin || '-' || destination as route,

    -- all service classes and aircraft together
    {{ sum_whole('departures') }} as departures,
    {{ sum_whole('departures_scheduled') }} as departures_scheduled,
    {{ sum_whole('case when departures_scheduled is not null then departures end') }} as departures_with_schedule,
    {{ sum_whole('seats') }} as seats,
    {{ sum_whole('passengers') }} as passengers,
    {{ sum_whole('freight_lb') }} as freight_lb,
    {{ sum_whole('mail_lb') }} as mail_lb,

    -- a load factor is passenger_km / seat_km
    cast({{ sum_whole('cast(seats as bigint) * distance_miles') }} * 1.609344 as decimal(18, 6)) as seat_km,
    cast({{ sum_whole('cast(passengers as bigint) * distance_miles') }} * 1.609344 as decimal(18, 6))
        as passenger_km
from segments
group by month_start_on, carrier, origin, destination
