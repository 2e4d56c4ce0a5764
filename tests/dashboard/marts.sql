-- The published tables, built from `made` (legs) the plain way: what the dashboard is tested against.
create table operations.fct_leg as
select
    * replace (
        operating_date::date as operating_date, leg_sequence::integer as leg_sequence,
        distance_km::decimal(18, 6) as distance_km, seat_km::decimal(18, 6) as seat_km,
        passenger_km::decimal(18, 6) as passenger_km, operational_suffix::varchar as operational_suffix,
        tail::varchar as tail, aircraft_type::varchar as aircraft_type, delay_codes::varchar as delay_codes,
        cancellation_code::varchar as cancellation_code, data_label::varchar as data_label,
        std_at::timestamp as std_at, sta_at::timestamp as sta_at, out_at::timestamp as out_at,
        off_at::timestamp as off_at, on_at::timestamp as on_at, in_at::timestamp as in_at
    )
from made;

create table reference.otp_definitions as select * from read_csv('{seeds}/otp_definitions.csv');
create table reference.dim_carrier as select * from read_csv('{seeds}/carriers.csv', all_varchar=true);
create table reference.dim_delay_code as
select * replace (is_imputable::boolean as is_imputable) from read_csv('{seeds}/delay_codes.csv', all_varchar=true);
create table reference.dim_airport as
select iata, icao, name, municipality, country, latitude::double as latitude, longitude::double as longitude, zone
from read_csv('{seeds}/airports.csv', all_varchar=true)
qualify row_number() over (partition by iata order by coalesce(valid_from, '') desc) = 1;

create table operations.fct_otp_day as
with judged as (
    select leg.*, d.definition, d.denominator, d.event = 'IN' and leg.is_diverted as missed,
        case d.event when 'OUT' then leg.departure_delay_minutes else leg.arrival_delay_minutes end as delay,
        d.late_if_ge, d.late_if_gt
    from operations.fct_leg as leg cross join reference.otp_definitions as d
    where d.definition <> 'afac_slot'
)
select operating_date, carrier, origin, destination, route, std_local_hour, definition,
    count(*) as legs,
    count(*) filter (not is_cancelled and not missed and delay is not null
        and not coalesce(delay >= late_if_ge, false) and not coalesce(delay > late_if_gt, false)) as on_time_legs,
    count(*) filter (not is_cancelled and not missed and delay is null) as unknown_legs
from judged
where (denominator = 'scheduled' and is_arrival_due)
    or (denominator = 'operated' and is_operated and is_arrival_due)
    or (denominator = 'operated_tracked' and is_operated and (missed or delay is not null))
group by all;

create table operations.fct_route_day as
select operating_date, origin, destination, route, sum(is_departure_due::int)::bigint as due_legs,
    count(*) filter (is_departure_due and is_cancelled) as due_cancelled_legs,
    count(*) filter (is_departure_due and not is_cancelled and not is_operated) as silent_legs,
    sum(is_diverted::int)::bigint as diverted_legs, sum(is_operated::int)::bigint as operated_legs,
    count(departure_delay_minutes) as departed_legs,
    coalesce(sum(greatest(departure_delay_minutes, 0)), 0)::bigint as departure_delay_minutes,
    count(*) filter (is_operated and departure_delay_minutes is not null) as dep_tracked_legs,
    count(*) filter (is_operated and departure_delay_minutes < 15) as d15_on_time_legs,
    count(*) filter (arrival_delay_minutes is not null or is_diverted) as arr_tracked_legs,
    count(*) filter (arrival_delay_minutes < 15) as a14_on_time_legs,
    count(*) filter (seat_km is not null and passenger_km is not null) as load_legs,
    coalesce(sum(case when passenger_km is not null then seat_km end), 0)::decimal(18, 6) as seat_km,
    coalesce(sum(case when seat_km is not null then passenger_km end), 0)::decimal(18, 6) as passenger_km
from operations.fct_leg group by all;

create table operations.fct_completeness_day as
select operating_date, carrier, origin, destination, route, 'partner_file' as source, count(*) as known_legs,
    count(*) as planned_legs, count(*) filter (is_departed or is_cancelled) as reported_legs,
    count(*) filter (in_at is not null or is_cancelled or is_diverted) as final_legs,
    operating_date + interval 30 hour as first_received_at, operating_date + interval 30 hour as last_received_at,
    operating_date + interval 30 hour as final_received_at, max(data_label) as data_label
from operations.fct_leg group by all;

create table operations.fct_delay_cause_day as
with long as (
    unpivot (
        select operating_date, carrier, origin, destination, route, carrier_delay_minutes as c_carrier,
            weather_delay_minutes as c_weather, nas_delay_minutes as c_nas, security_delay_minutes as c_security,
            late_aircraft_delay_minutes as c_late_aircraft
        from operations.fct_leg
    ) on columns('^c_') into name cause value minutes
)
select operating_date, carrier, origin, destination, route, cause[3:] as cause, count(*) as delayed_legs,
    sum(minutes)::bigint as delay_minutes
from long where minutes > 0 group by all;

create table operations.fct_delay_code_day as
with coded as (
    select leg_uid, operating_date, carrier, origin, destination, route, unnest(string_split(delay_codes, ';')) as item
    from operations.fct_leg where delay_codes is not null
)
select operating_date, carrier, origin, destination, route, 'AHM730' as scheme, split_part(item, ':', 1) as code,
    count(distinct leg_uid) as delayed_legs, sum(split_part(item, ':', 2)::int)::bigint as delay_minutes
from coded group by all;

create table finance.fct_route_margin as
select operating_date, carrier, origin, destination, route, count(*) as operated_legs,
    sum(block_minutes)::bigint as block_minutes, coalesce(sum(seat_km), 0)::decimal(18, 6) as seat_km,
    sum(passenger_km)::decimal(18, 6) as passenger_km, (950 * count(*))::decimal(18, 2) as passenger_revenue_usd,
    (50 * count(*))::decimal(18, 2) as cargo_revenue_usd, (1000 * count(*))::decimal(18, 2) as revenue_usd, (100 * count(*))::decimal(18, 2) as passenger_variable_usd,
    (500 * count(*))::decimal(18, 2) as flight_variable_usd, (150 * count(*))::decimal(18, 2) as capacity_usd,
    (50 * count(*))::decimal(18, 2) as overhead_usd, (800 * count(*))::decimal(18, 2) as cost_usd,
    (600 * count(*))::decimal(18, 2) as cost_ex_fuel_usd, (250 * count(*))::decimal(18, 3) as fuel_kg,
    (200 * count(*))::decimal(18, 2) as actual_cost_usd, (900 * count(*))::decimal(18, 2) as cm1_usd,
    (400 * count(*))::decimal(18, 2) as cm2_usd, (250 * count(*))::decimal(18, 2) as cm3_usd,
    (200 * count(*))::decimal(18, 2) as fully_allocated_usd, (400 * count(*))::decimal(18, 2) as beyond_revenue_usd,
    (240 * count(*))::decimal(18, 2) as beyond_contribution_usd, (440 * count(*))::decimal(18, 2) as network_usd,
    max(data_label) as data_label
from operations.fct_leg where is_operated and data_label is not null
group by operating_date, carrier, origin, destination, route;

create table commercial.fct_route_day_commercial as
select operating_date, origin, destination, route, 10::bigint as recommendations, 6::bigint as promoters,
    2::bigint as detractors
from operations.fct_leg where data_label is not null group by operating_date, origin, destination, route;

create table customer.fct_satisfaction as
select operating_date, carrier, origin, destination, route, 'economy' as cabin, band.* from (
    select distinct operating_date, carrier, origin, destination, route from operations.fct_leg
    where data_label is not null
), (values ('late_240', 2, 0, 2, 2, 0), ('on_time', 20, 14, 2, 20, 17), ('late_15', 9, 3, 4, 8, 4))
    as band(delay_band, recommendations, promoters, detractors, satisfactions, satisfied);

create table commercial.fct_booking_curve as
select operating_date, carrier, origin, destination, route, sold.* from (
    select distinct operating_date, carrier, origin, destination, route from operations.fct_leg
    where data_label is not null
), (values (-1, 5), (60, 20), (14, 30), (7, 30), (1, 15), (0, 5)) as sold(days_to_departure, kept_seats);

-- Every second leg of a day brought ten of its fifteen minutes along.
create table operations.fct_rotation as
select leg_uid, operating_date, carrier, origin, destination, route, 15 as delay_minutes, 10 as propagated_minutes,
    5 as new_minutes, 10 as root_minutes, 5 as downstream_minutes, -2 as departure_delay_minutes,
    flight_number % 2 = 0 as is_first_of_day
from operations.fct_leg where data_label is not null;

create table operations.fct_turnaround as
select leg_uid, operating_date, carrier, origin as station, flight_number % 4 <> 0 as is_compliant
from operations.fct_leg where data_label is not null;

create table operations.route_status as
select day as operating_date, judged.*, 'datos sintéticos' as data_label from (
    select distinct operating_date as day from operations.fct_leg where data_label is not null
), (values
    ('cm2_route_28d', 'margin_cm2_share', 'MEX-CUN', 28, 'red', 'red', date '2026-11-20', -3.5, 'percent', 190, null, 0.0),
    ('a14_target_month', 'otp_a14', 'MEX-CUN', 22, 'amber', 'green', date '2026-11-22', -2.5, 'points', 150, 0.88, -6.0),
    ('nps_route_before', 'nps', 'MEX-CUN', 28, 'grey', null, date '2026-11-22', null, 'points', 12, null, -15.0),
    ('cm2_route_28d', 'margin_cm2_share', 'MEX-GDL', 28, 'green', 'green', date '2026-11-01', 31.0, 'percent', 160, null, 0.0)
) as judged(rule_id, kpi, route, days, light, light_before, since, value, unit, n, compared, "limit");

create table health.feed (
    feed varchar, owner varchar, grain varchar, source varchar, arrival varchar, fresh_within_hours integer,
    arrivals integer, rows_out bigint, last_arrived_at timestamp, first_operating_date date, last_operating_date date
);
insert into health.feed values
    ('partner/airline_legs', 'operations', 'one row per leg, attempt and version', 'partner_file', 'daily', 36, 46,
        4180, '2026-11-23 11:40', '2026-10-09', '2026-11-22'),
    ('partner/bts_ontime', 'operations', 'one row per leg', 'partner_file', 'monthly', 24, 2, 30691,
        '2026-11-20 09:00', '2015-01-01', '2015-01-02'),
    ('partner/weather', 'data-platform', 'one row per airport and hour', 'partner_file', 'hourly', 2, 0, 0, null, null,
        null),
    ('partner/archive', 'data-platform', 'one row per leg', 'partner_file', 'on_demand', null, 1, 12,
        '2026-10-01 00:00', '2020-01-01', '2020-01-01');

create table health.outcome (
    hop varchar, feed varchar, subject varchar, arrived_on date, "at" timestamp, status varchar, files_in bigint,
    rows_in bigint, rows_out bigint, duplicates bigint, rejects bigint, seconds double, reason varchar, message varchar
);
insert into health.outcome
select hop, 'partner/airline_legs', hop || '-' || day, '2026-11-01'::date + day::int, '2026-11-02'::timestamp + interval 1 day * day,
    'done', 1, 100, 100 - dup - rej, dup, rej, 0.8, null, null
from range(22) as days(day), (values ('door', 0, 0), ('typed', 2, 3), ('warehouse', 0, 0)) as hops(hop, dup, rej);
insert into health.outcome values ('door', 'partner/bts_ontime', 'extra.xlsx', '2026-11-20', '2026-11-20 09:00', 'rejected',
    1, 0, 0, 0, 0, 0.1, 'zip_or_excel', 'This is a zip archive or an Excel workbook (.zip, .xlsx).');

create table health.quarantine_reason (feed varchar, arrived_on date, kind varchar, reason varchar, records bigint);
insert into health.quarantine_reason values
    ('partner/airline_legs', '2026-11-20', 'row', 'bad_time', 40), ('partner/airline_legs', '2026-11-21', 'row', 'bad_time', 21),
    ('partner/airline_legs', '2026-11-21', 'row', 'unknown_airport', 5),
    ('partner/bts_ontime', '2026-11-20', 'file', 'zip_or_excel', 1), ('partner/airline_legs', '2026-11-22', 'row', 'odd_new_reason', 1);
create table health.quarantine (
    feed varchar, arrived_on date, kind varchar, reason varchar, message varchar, raw_ref varchar, record varchar
);
insert into health.quarantine values
    ('partner/airline_legs', '2026-11-21', 'row', 'bad_time', 'no such time of day: 2026-11-20T25:10-06:00',
        'partner/airline_legs/dt=2026-11-21/a.csv.gz#17', 'datos sintéticos,AM,512,,1,2026-11-20,MEX,CUN,1,1,XAABC,7M8,160,141,2026-11-20T25:10-06:00'),
    ('partner/airline_legs', '2026-11-21', 'row', 'unknown_airport', 'not in our airport table: <script>alert(1)</script>',
        'partner/airline_legs/dt=2026-11-21/a.csv.gz#40', '<img src=x onerror=alert(1)>,AM,90,**bold** $x$'),
    ('partner/bts_ontime', '2026-11-20', 'file', 'zip_or_excel', 'This is a zip archive or an Excel workbook (.zip, .xlsx).',
        'partner/bts_ontime/extra.xlsx', '{"bytes": 9000}'),
    ('partner/airline_legs', '2026-11-22', 'row', 'odd_new_reason', null, 'partner/airline_legs/dt=2026-11-22/b.csv.gz#2', '');
