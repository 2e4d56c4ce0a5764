-- A year of 300 routes, five flights a day each, by arithmetic on hashes: the same every time, in a second.
create table made as
with airports as (
    select unnest(['MEX', 'GDL', 'MTY', 'CUN', 'TIJ', 'MID', 'CJS', 'HMO', 'BJX', 'VER', 'OAX', 'PVR', 'SJD', 'CUL', 'TAM',
        'JFK', 'LAX', 'MIA', 'ORD']) as iata
),
routes as (
    select a.iata as origin, b.iata as destination, row_number() over (order by hash(a.iata || b.iata)) as number
    from airports as a cross join airports as b where a.iata <> b.iata
    qualify number <= 300
),
drawn as (
    select *, '2025-11-23'::date + day::int as operating_date, 5 + turn * 4 as hour,
        hash(number * 1000003 + day * 101 + turn) as h, 70 + number % 200 as block
    from routes, range(365) as days(day), range(5) as turns(turn)
),
fated as (
    select *, (h % 1000) < 12 as cancelled, (h % 1000) between 12 and 16 as diverted,
        case when h // 1000 % 100 < 10 + number % 25 then 10 + h // 100000 % 70 else h // 100000 % 14 end::int - 7 as delay,
        (h // 10000000 % 21)::int - 12 as drift,
        operating_date::timestamp + interval 1 hour * (hour + 6) as std
    from drawn
),
timed as (
    select *, case when not cancelled then std + interval 1 minute * delay end as off_block,
        case when not cancelled and not diverted then std + interval 1 minute * (delay + block + drift) end as on_block,
        not cancelled and not diverted and delay + drift >= 15 as is_late
    from fated
)
select
    md5(concat(number, '|', day, '|', turn)) as leg_uid, operating_date, case when number % 4 = 0 then '5D' else 'AM' end as carrier,
    (number * 10 + turn)::int as flight_number, null::varchar as operational_suffix, 1 as leg_sequence, origin, destination,
    origin || '-' || destination as route, 'XA-' || (number % 150) as tail, '7M8' as aircraft_type, std as std_at,
    std + interval 1 minute * block as sta_at, off_block as out_at, off_block + interval 15 minutes as off_at,
    on_block - interval 6 minutes as on_at, on_block as in_at, 1 as attempts, cancelled as is_cancelled,
    case when cancelled then 'B' end as cancellation_code, diverted as is_diverted, not cancelled as is_departed,
    not cancelled as is_operated, true as is_departure_due, true as is_arrival_due, case when not cancelled then delay end as departure_delay_minutes,
    case when on_block is not null then delay + drift end as arrival_delay_minutes, block::int as scheduled_block_minutes,
    case when on_block is not null then (block + drift)::int end as block_minutes, 15 as taxi_out_minutes,
    case when on_block is not null then (block + drift - 21)::int end as air_minutes, 6 as taxi_in_minutes,
    case when is_late then (delay + drift) // 2 end as carrier_delay_minutes, null::int as weather_delay_minutes,
    case when is_late then delay + drift - (delay + drift) // 2 end as nas_delay_minutes, null::int as security_delay_minutes,
    null::int as late_aircraft_delay_minutes,
    case when not cancelled and delay >= 15 then (['93', '41', '63', '89', '71'])[1 + (h % 5)::int] || ':' || delay end as delay_codes,
    (300 + number * 7)::double as distance_km, 160 as seats, 120 + (h % 40)::int as passengers,
    case when not cancelled then (300 + number * 7) * 160.0 end as seat_km,
    case when not cancelled then (300 + number * 7) * (120.0 + (h % 40)::int) end as passenger_km,
    'datos sintéticos' as data_label, -360 as std_utc_offset_minutes, -360 as sta_utc_offset_minutes, hour::int as std_local_hour
from timed;
