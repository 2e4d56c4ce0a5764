-- The operational marts of legs that only `partner/bts_ontime` reports, as somebody writes them for it alone.
-- `typed` is a view of its files, `seeds` a variable with the folder of the seeds. What others would say is null.
-- A leg has one attempt, one departure and no estimates, and is not both cancelled and diverted; a plan is of
-- whole minutes.

create schema operations;

-- The first copy of a record counts, then the last record of a leg.
create temp table standing as
with copies as (
    select * from typed
    qualify row_number() over (partition by operating_date, event_id order by received_at, raw_ref) = 1
)
select
    * replace (coalesce(is_cancelled, false) as is_cancelled, coalesce(is_diverted, false) as is_diverted),
    not coalesce(is_cancelled or is_diverted, false) as as_planned,
    min(received_at) over of_leg as first_received_at,
    min(received_at) filter (is_cancelled or is_diverted or in_at is not null) over of_leg as first_ended_at
from copies
window of_leg as (partition by operating_date, leg_uid)
qualify
    row_number() over (partition by operating_date, leg_uid order by version desc, received_at desc, event_id desc) = 1;

create table operations.fct_leg as
-- Times that contradict each other are doubted, both: first those of the plan, then those too far from it.
with plans as (
    select
        *,
        date_diff('minute', std_at, sta_at) as planned,
        planned < 1 as schedule_backwards,
        planned > 1200 as schedule_too_long,
        planned > 0 and distance_miles * 60 > 800 * planned as schedule_too_fast,
        coalesce(schedule_backwards or schedule_too_long or schedule_too_fast, false) as is_plan_doubted,
        case when not is_plan_doubted then std_at end as std,
        case when not is_plan_doubted then sta_at end as sta
    from standing
),
near as (
    select
        *,
        coalesce(date_diff('minute', std, out_at) not between -4320 and 4320, false) as out_far,
        coalesce(date_diff('minute', std, off_at) not between -4320 and 5040, false) as off_far,
        as_planned and coalesce(date_diff('minute', sta, on_at) not between -5040 and 4320, false) as on_far,
        as_planned and coalesce(date_diff('minute', sta, in_at) not between -4320 and 4320, false) as in_far,
        case when not out_far then out_at end as out_near,
        case when not off_far then off_at end as off_near,
        case when not on_far then on_at end as on_near,
        case when not in_far then in_at end as in_near
    from plans
),
pairs as (
    select
        *,
        date_diff('minute', out_near, off_near) as out_off,
        date_diff('minute', out_near, on_near) as out_on,
        date_diff('minute', out_near, in_near) as out_in,
        date_diff('minute', off_near, on_near) as off_on,
        date_diff('minute', off_near, in_near) as off_in,
        date_diff('minute', on_near, in_near) as on_in
    from near
),
contradictions as (
    select
        *,
        as_planned and out_in > 0 and distance_miles * 60 > 800 * out_in as block_too_fast,
        as_planned and off_on > 0 and distance_miles * 60 > 800 * off_on as air_too_fast,
        coalesce(out_off < 0 or out_off > 720, false) as out_off_wrong,
        coalesce(out_on < 1, false) as out_on_wrong,
        coalesce(out_in < 1 or (as_planned and out_in > 1440) or block_too_fast, false) as out_in_wrong,
        coalesce(off_on < 1 or (as_planned and off_on > 1200) or air_too_fast, false) as off_on_wrong,
        coalesce(off_in < 1, false) as off_in_wrong,
        coalesce(on_in < 0 or (as_planned and on_in > 720), false) as on_in_wrong
    from pairs
),
believed as (
    select
        *,
        case when not (out_off_wrong or out_on_wrong or out_in_wrong) then out_near end as out_true,
        case when not (out_off_wrong or off_on_wrong or off_in_wrong) then off_near end as off_true,
        case when not (out_on_wrong or off_on_wrong or on_in_wrong) then on_near end as on_true,
        case when not (out_in_wrong or off_in_wrong or on_in_wrong) then in_near end as in_true,
        coalesce(out_at, off_at, on_at, in_at) is not null or is_diverted as departed,
        cast(cast(distance_miles as decimal(9, 0)) * 1.609344 as decimal(18, 6)) as km
    from contradictions
)
select
    leg_uid, operating_date, carrier, flight_number, operational_suffix, leg_sequence, origin, destination,
    origin || '-' || destination as route,
    tail,
    null::varchar as aircraft_type,
    std_at, sta_at, std_utc_offset_minutes, sta_utc_offset_minutes,
    hour(std_at + to_minutes(std_utc_offset_minutes))::integer as std_local_hour,
    out_at, off_at, on_at, in_at,
    attempt as attempts,
    case
        when is_plan_doubted or out_far or off_far or on_far or in_far or out_off_wrong or out_on_wrong or out_in_wrong
            or off_on_wrong or off_in_wrong or on_in_wrong
            then concat_ws(' ',
                case when schedule_backwards then 'schedule_backwards' end,
                case when schedule_too_long then 'schedule_too_long' end,
                case when schedule_too_fast then 'schedule_too_fast' end,
                case when out_far then 'out_far_from_schedule' end,
                case when off_far then 'off_far_from_schedule' end,
                case when on_far then 'on_far_from_schedule' end,
                case when in_far then 'in_far_from_schedule' end,
                case when out_off < 0 then 'off_before_out' end,
                case when out_on < 1 then 'on_before_out' end,
                case when out_in < 1 then 'in_before_out' end,
                case when off_on < 1 then 'on_before_off' end,
                case when off_in < 1 then 'in_before_off' end,
                case when on_in < 0 then 'in_before_on' end,
                case when out_off > 720 then 'taxi_out_too_long' end,
                case when as_planned and off_on > 1200 then 'air_too_long' end,
                case when as_planned and on_in > 720 then 'taxi_in_too_long' end,
                case when as_planned and out_in > 1440 then 'block_too_long' end,
                case when air_too_fast then 'air_too_fast' end,
                case when block_too_fast then 'block_too_fast' end)
    end as time_problem,
    is_cancelled,
    case when is_cancelled then cancellation_code end as cancellation_code,
    is_diverted,
    departed as is_departed,
    departed and not is_cancelled as is_operated,
    departed or std_at <= localtimestamp as is_departure_due,
    in_at is not null or is_diverted
        or coalesce(sta_at <= localtimestamp, operating_date < localtimestamp::date) as is_arrival_due,
    date_diff('minute', std, out_true)::integer as departure_delay_minutes,
    case when as_planned then date_diff('minute', sta, in_true)::integer end as arrival_delay_minutes,
    date_diff('minute', std, sta)::integer as scheduled_block_minutes,
    case when as_planned then date_diff('minute', out_true, in_true)::integer end as block_minutes,
    case when not is_cancelled then date_diff('minute', out_true, off_true)::integer end as taxi_out_minutes,
    case when as_planned then date_diff('minute', off_true, on_true)::integer end as air_minutes,
    case when as_planned then date_diff('minute', on_true, in_true)::integer end as taxi_in_minutes,
    null::varchar as delay_codes,
    case when not is_cancelled then carrier_delay_minutes end as carrier_delay_minutes,
    case when not is_cancelled then weather_delay_minutes end as weather_delay_minutes,
    case when not is_cancelled then nas_delay_minutes end as nas_delay_minutes,
    case when not is_cancelled then security_delay_minutes end as security_delay_minutes,
    case when not is_cancelled then late_aircraft_delay_minutes end as late_aircraft_delay_minutes,
    km as distance_km,
    null::integer as seats,
    null::integer as passengers,
    null::decimal(18, 6) as seat_km,
    null::decimal(18, 6) as passenger_km,
    null::varchar as data_label
from believed;

-- Sums by route, carrier and flight number.
create temp view counted as
select
    operating_date, carrier, flight_number, origin, destination, route,
    1 as scheduled_legs,
    attempts as leg_attempts,
    is_departure_due::integer as due_legs,
    is_cancelled::integer as cancelled_legs,
    (is_departure_due and is_cancelled)::integer as due_cancelled_legs,
    (is_departure_due and not is_operated and not is_cancelled)::integer as silent_legs,
    is_diverted::integer as diverted_legs,
    is_operated::integer as operated_legs,
    (time_problem is not null)::integer as implausible_legs,
    (departure_delay_minutes is not null)::integer as departed_legs,
    (departure_delay_minutes <= 0)::integer as dep_on_time_d0_legs,
    (departure_delay_minutes > 0)::integer as dep_delayed_legs,
    (departure_delay_minutes >= 15)::integer as dep_late_15_legs,
    greatest(departure_delay_minutes, 0) as departure_delay_minutes,
    departure_delay_minutes as net_departure_delay_minutes,
    (is_operated and departure_delay_minutes is not null)::integer as dep_tracked_legs,
    (is_operated and departure_delay_minutes < 1)::integer as d0_on_time_legs,
    (is_operated and departure_delay_minutes < 15)::integer as d15_on_time_legs,
    (arrival_delay_minutes is not null)::integer as arrived_legs,
    (arrival_delay_minutes > 0)::integer as arr_delayed_legs,
    (arrival_delay_minutes < 1)::integer as a0_on_time_legs,
    (arrival_delay_minutes >= 15)::integer as arr_late_15_legs,
    (arrival_delay_minutes >= 60)::integer as arr_late_60_legs,
    (arrival_delay_minutes >= 120)::integer as arr_late_120_legs,
    (arrival_delay_minutes >= 240)::integer as arr_late_240_legs,
    greatest(arrival_delay_minutes, 0) as arrival_delay_minutes,
    arrival_delay_minutes as net_arrival_delay_minutes,
    (is_diverted or arrival_delay_minutes is not null)::integer as arr_tracked_legs,
    (arrival_delay_minutes < 15)::integer as a14_on_time_legs,
    is_arrival_due::integer as arr_due_legs,
    scheduled_block_minutes,
    (block_minutes is not null)::integer as block_legs,
    block_minutes,
    case when block_minutes is not null then scheduled_block_minutes end as block_legs_scheduled_minutes,
    (block_minutes is not null and scheduled_block_minutes is not null)::integer as block_judged_legs,
    case when scheduled_block_minutes is not null then block_minutes end as block_judged_minutes,
    (taxi_out_minutes is not null)::integer as taxi_out_legs,
    taxi_out_minutes,
    (air_minutes is not null)::integer as air_legs,
    air_minutes,
    (taxi_in_minutes is not null)::integer as taxi_in_legs,
    taxi_in_minutes,
    distance_km,
    case when is_operated then distance_km end as operated_distance_km
from operations.fct_leg;

create table operations.fct_route_day as
select
    operating_date, origin, destination, route,
    coalesce(sum(columns('_(attempts|legs|minutes)$')), 0)::bigint,
    coalesce(sum(columns('distance_km$')), 0)::decimal(18, 6),
    0::bigint as passenger_legs, 0::bigint as passengers, 0::bigint as load_legs,
    0::decimal(18, 6) as seat_km, 0::decimal(18, 6) as passenger_km,
    0::bigint as seat_legs, 0::decimal(18, 6) as operated_seat_km, 0::decimal(18, 6) as operated_passenger_km
from counted
group by operating_date, origin, destination, route;

create table operations.fct_carrier_day as
select
    operating_date, carrier,
    coalesce(sum(columns('_(attempts|legs|minutes)$')), 0)::bigint,
    coalesce(sum(columns('distance_km$')), 0)::decimal(18, 6),
    0::bigint as passenger_legs, 0::bigint as passengers, 0::bigint as load_legs,
    0::decimal(18, 6) as seat_km, 0::decimal(18, 6) as passenger_km,
    0::bigint as seat_legs, 0::decimal(18, 6) as operated_seat_km, 0::decimal(18, 6) as operated_passenger_km
from counted
group by operating_date, carrier;

create table operations.fct_flight_number_day as
select
    operating_date, carrier, flight_number, origin, destination, route,
    coalesce(sum(columns('_(attempts|legs|minutes)$')), 0)::bigint,
    coalesce(sum(columns('distance_km$')), 0)::decimal(18, 6),
    0::bigint as passenger_legs, 0::bigint as passengers, 0::bigint as load_legs,
    0::decimal(18, 6) as seat_km, 0::decimal(18, 6) as passenger_km,
    0::bigint as seat_legs, 0::decimal(18, 6) as operated_seat_km, 0::decimal(18, 6) as operated_passenger_km
from counted
group by operating_date, carrier, flight_number, origin, destination, route;

-- Punctuality: legs in the denominator of each definition, those on time, and those of which nobody knows.
create table operations.fct_otp_day as
with counts as (
    select
        operating_date, carrier, origin, destination, route, coalesce(std_local_hour, -1) as std_local_hour,
        count(*) filter (is_operated and (is_diverted or arrival_delay_minutes is not null)) as cirium_a14,
        count(*) filter (is_arrival_due) as oag_a14,
        count(*) filter (is_arrival_due and is_operated) as eurocontrol,
        count(*) filter (is_operated and departure_delay_minutes is not null) as d0,
        count(*) filter (not is_cancelled and arrival_delay_minutes < 15) as arrived_15,
        count(*) filter (not is_cancelled and arrival_delay_minutes <= 15) as arrived_16,
        count(*) filter (is_operated and departure_delay_minutes < 1) as left_1,
        count(*) filter (is_operated and departure_delay_minutes < 15) as left_15,
        count(*) filter (is_arrival_due and not is_cancelled and not is_diverted and arrival_delay_minutes is null)
            as not_known,
        count(*) filter (is_arrival_due and is_operated and not is_diverted and arrival_delay_minutes is null)
            as flown_not_known
    from operations.fct_leg
    group by all
)
select counts.* exclude (
        cirium_a14, oag_a14, eurocontrol, d0, arrived_15, arrived_16, left_1, left_15, not_known, flown_not_known
    ),
    defined.*
from counts, lateral (values
    ('cirium_a14', cirium_a14, arrived_15, 0),
    ('oag_a14', oag_a14, arrived_15, not_known),
    ('dot_a14', oag_a14, arrived_15, not_known),
    ('eurocontrol', eurocontrol, arrived_16, flown_not_known),
    ('d0', d0, left_1, 0),
    ('d15', d0, left_15, 0)
) as defined (definition, legs, on_time_legs, unknown_legs)
where defined.legs > 0;

create table operations.fct_block_time as
select
    operating_date, carrier, origin, destination, route, 'unknown' as aircraft_type, block_minutes,
    count(*) as legs,
    count(scheduled_block_minutes) as judged_legs,
    count(*) filter (block_minutes <= scheduled_block_minutes) as fit_legs,
    coalesce(sum(scheduled_block_minutes), 0)::bigint as scheduled_block_minutes
from operations.fct_leg
where block_minutes is not null
group by operating_date, carrier, origin, destination, route, block_minutes;

create table operations.fct_hub_hour as
with hubs as (from read_csv(getvariable('seeds') || '/hubs.csv')),
movements as (
    select
        operating_date, carrier, origin as hub,
        std_at + to_minutes(std_utc_offset_minutes) as local_at,
        true as is_departure, departure_delay_minutes as minutes, is_cancelled, false as is_diverted
    from operations.fct_leg
    where origin in (select airport from hubs)
    union all
    select
        operating_date, carrier, destination, sta_at + to_minutes(sta_utc_offset_minutes),
        false, arrival_delay_minutes, is_cancelled, is_diverted
    from operations.fct_leg
    where destination in (select airport from hubs)
)
select
    operating_date, carrier, hub,
    coalesce(local_at::date - operating_date, 0)::integer as day_offset,
    coalesce(hour(local_at), -1)::integer as local_hour,
    count(*) filter (is_departure) as scheduled_departures,
    count(*) filter (is_departure and is_cancelled) as cancelled_departures,
    count(minutes) filter (is_departure) as departed_legs,
    count(*) filter (is_departure and minutes >= 15) as dep_late_15_legs,
    coalesce(sum(greatest(minutes, 0)) filter (is_departure), 0)::bigint as departure_delay_minutes,
    count(*) filter (not is_departure) as scheduled_arrivals,
    count(*) filter (not is_departure and is_cancelled) as cancelled_arrivals,
    count(*) filter (not is_departure and is_diverted) as diverted_arrivals,
    count(minutes) filter (not is_departure) as arrived_legs,
    count(*) filter (not is_departure and minutes >= 15) as arr_late_15_legs,
    coalesce(sum(greatest(minutes, 0)) filter (not is_departure), 0)::bigint as arrival_delay_minutes
from movements
group by all;

-- Legs of an aircraft, each after the one before. Only legs that inherit delay, and those they inherit it from, chain.
create table operations.fct_rotation as
with ground_times as (
    select station, minutes from read_csv(getvariable('seeds') || '/minimum_ground_times.csv') where aircraft_type = '*'
),
legs as (
    select
        leg_uid, operating_date, carrier, origin, destination, route, tail, std_at, out_at,
        departure_delay_minutes, arrival_delay_minutes, block_minutes,
        case when tail is null or std_at is null then leg_uid else tail end as aircraft,
        lag({
            'leg_uid': leg_uid, 'on': operating_date, 'destination': destination, 'is_diverted': is_diverted,
            'sta_at': sta_at, 'in_at': in_at, 'arrival_delay': arrival_delay_minutes
        }) over (
            partition by case when tail is null or std_at is null then leg_uid else tail end
            order by operating_date, std_at, out_at, leg_uid
        ) as prev
    from operations.fct_leg
    where is_operated
),
linked as (
    select
        legs.*,
        case
            when tail is null or std_at is null then 'no_aircraft'
            when prev is null or prev.on < operating_date - 1 then 'no_leg_before'
            when prev.is_diverted then 'diverted'
            when prev.destination is distinct from origin then 'elsewhere'
            when departure_delay_minutes is null then 'no_departure'
            when prev.arrival_delay is null then 'no_arrival'
            else 'linked'
        end as rotation_link,
        date_diff('minute', prev.sta_at, std_at) as ground,
        least(coalesce(of_station.minutes, of_all.minutes), greatest(ground, 0)) as needed,
        case
            when rotation_link = 'linked'
                then greatest(0, least(departure_delay_minutes, prev.arrival_delay - ground + needed))
            when departure_delay_minutes is not null then 0
        end as propagated
    from legs
    inner join ground_times as of_all on of_all.station = '*'
    left join ground_times as of_station on legs.origin = of_station.station
),
chains as (
    select
        leg_uid, aircraft, operating_date, std_at, out_at, propagated,
        sum(case when propagated > 0 then 0 else 1 end) over (
            partition by aircraft order by operating_date, std_at, out_at, leg_uid
        ) as chain
    from linked
    where propagated > 0 or leg_uid in (select prev.leg_uid from linked where propagated > 0)
),
-- The root is the first leg of the chain on the day before, else on the day itself.
days as (
    select aircraft, chain, operating_date, arg_min(leg_uid, (std_at, out_at, leg_uid)) as first_leg_uid
    from chains
    group by all
),
roots as (
    select
        *,
        coalesce(lag(first_leg_uid) over (partition by aircraft, chain order by operating_date), first_leg_uid)
            as root_leg_uid
    from days
),
rooted as (
    select chains.leg_uid, chains.propagated, roots.root_leg_uid
    from chains
    inner join roots using (aircraft, chain, operating_date)
    where chains.propagated > 0
),
inherited as (
    select root_leg_uid, count(*) as legs, sum(propagated) as minutes from rooted group by root_leg_uid
)
select
    linked.leg_uid, operating_date, carrier, origin, destination, route, tail, null::varchar as aircraft_type, std_at,
    rotation_link,
    case when rotation_link not in ('no_aircraft', 'no_leg_before') then prev.leg_uid end as prev_leg_uid,
    tail is not null and std_at is not null and (prev is null or prev.on < operating_date) as is_first_of_day,
    case when rotation_link = 'linked' then ground::integer end as planned_ground_minutes,
    case when rotation_link = 'linked' then date_diff('minute', prev.in_at, out_at)::integer end
        as actual_ground_minutes,
    case when rotation_link = 'linked' then needed::integer end as minimum_ground_minutes,
    case when rotation_link = 'linked' then prev.arrival_delay end as prev_arrival_delay_minutes,
    departure_delay_minutes,
    case when departure_delay_minutes is not null then greatest(departure_delay_minutes, 0) end as delay_minutes,
    linked.propagated::integer as propagated_minutes,
    (delay_minutes - linked.propagated)::integer as new_minutes,
    block_minutes,
    case when delay_minutes > 0 then coalesce(rooted.root_leg_uid, linked.leg_uid) end as root_leg_uid,
    case when linked.propagated > 0 then 0 else greatest(delay_minutes, arrival_delay_minutes, 0) end as root_minutes,
    coalesce(inherited.legs, 0)::integer as downstream_legs,
    coalesce(inherited.minutes, 0)::integer as downstream_minutes,
    null::varchar as data_label
from linked
left join rooted on linked.leg_uid = rooted.leg_uid
left join inherited on linked.leg_uid = inherited.root_leg_uid;

create table operations.fct_turnaround as
select
    leg_uid, prev_leg_uid, operating_date, carrier, origin as station, tail, aircraft_type,
    planned_ground_minutes, actual_ground_minutes, minimum_ground_minutes,
    case
        when prev_arrival_delay_minutes <= 5 then planned_ground_minutes
        else greatest(minimum_ground_minutes, planned_ground_minutes - prev_arrival_delay_minutes)
    end as allowed_ground_minutes,
    prev_arrival_delay_minutes, departure_delay_minutes,
    prev_arrival_delay_minutes <= 5 as is_inbound_on_time,
    actual_ground_minutes <= allowed_ground_minutes as is_compliant,
    data_label
from operations.fct_rotation
where rotation_link = 'linked';

-- A delay inherited with the aircraft takes the answer of its root: the airline's, if half of that was its own.
create table operations.fct_leg_delay as
with answers as (
    select
        leg_uid, carrier_delay_minutes >= weather_delay_minutes + nas_delay_minutes + security_delay_minutes as answer
    from operations.fct_leg
    where greatest(carrier_delay_minutes, weather_delay_minutes, nas_delay_minutes, security_delay_minutes) > 0
),
late_aircraft as (
    select rotation.leg_uid, answers.answer
    from operations.fct_rotation as rotation
    inner join answers on rotation.root_leg_uid = answers.leg_uid
    where rotation.root_leg_uid <> rotation.leg_uid
)
select
    leg_uid, operating_date, airline as carrier, origin, destination, route, 'BTS' as scheme,
    cause as code, delay_minutes, cause as bts_cause,
    null::varchar as cause_group,
    case when cause = 'late_aircraft' then coalesce(late_aircraft.answer, true) else cause = 'carrier' end
        as is_imputable,
    false as is_translated,
    null::varchar as data_label
from (
    unpivot (
        select
            leg_uid, operating_date, carrier as airline, origin, destination, route,
            carrier_delay_minutes as carrier, weather_delay_minutes as weather, nas_delay_minutes as nas,
            security_delay_minutes as security, late_aircraft_delay_minutes as late_aircraft
        from operations.fct_leg
    ) on carrier, weather, nas, security, late_aircraft into name cause value delay_minutes
)
left join late_aircraft using (leg_uid)
where delay_minutes > 0;

create table operations.fct_delay_cause_day as
select
    operating_date, carrier, origin, destination, route, code as cause,
    count(*) as delayed_legs,
    sum(delay_minutes)::bigint as delay_minutes
from operations.fct_leg_delay
group by all;

-- Each leg with its plan, its report and its end, by one source.
create table operations.fct_completeness_day as
select
    operating_date, carrier, origin, destination, origin || '-' || destination as route, source,
    count(*) as known_legs,
    count(std_at) as planned_legs,
    count(*) filter (is_cancelled or is_diverted or coalesce(out_at, off_at, on_at, in_at) is not null)
        as reported_legs,
    count(*) filter (is_cancelled or is_diverted or in_at is not null) as final_legs,
    min(first_received_at) as first_received_at,
    max(received_at) as last_received_at,
    max(least(first_ended_at, received_at)) filter (is_cancelled or is_diverted or in_at is not null)
        as final_received_at,
    null::varchar as data_label
from standing
group by all;
