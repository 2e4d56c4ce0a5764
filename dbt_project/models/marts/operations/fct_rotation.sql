{{ config(meta={'touches': [-1, 1]}) }}
{%- set in_order = 'order by operating_date, std_at, out_at, leg_uid' -%}
{%- set of_day = 'partition by aircraft, chain_number, operating_date order by std_at, out_at, leg_uid
            rows between unbounded preceding and unbounded following' -%}
{%- set before = [
    'leg_uid', 'operating_date', 'known_destination', 'is_diverted', 'aircraft_type', 'sta_at', 'in_at',
    'arrival_delay_minutes'
] -%}

-- A leg depends on the legs of its aircraft on the day before and the day after, and those on their neighbours.
with legs as (

    select
        leg_uid,
        operating_date,
        carrier,
        {{ route_of_leg() }},
        destination as known_destination,
        tail,
        aircraft_type,
        std_at,
        sta_at,
        out_at,
        in_at,
        is_diverted,
        departure_delay_minutes,
        arrival_delay_minutes,
        block_minutes,
        data_label,
        -- a leg whose aircraft or schedule is not known stands alone
        case when tail is null or std_at is null then leg_uid else tail end as aircraft
    from {{ ref('fct_leg') }}
    where is_operated and {{ where_operating_dates(touches=[-2, 2]) }}

),

following as (

    select
        *,
        {%- for column in before %}
        lag({{ column }}) over (partition by aircraft {{ in_order }}) as prev_{{ column }},
        {%- endfor %}
        tail is not null and std_at is not null as has_aircraft
    from legs

),

linked as (

    select
        *,
        case
            when not has_aircraft then 'no_aircraft'
            when prev_leg_uid is null or prev_operating_date < operating_date - 1 then 'no_leg_before'
            when prev_is_diverted then 'diverted'
            when prev_known_destination is null or prev_known_destination <> origin then 'elsewhere'
            when departure_delay_minutes is null then 'no_departure'
            when prev_arrival_delay_minutes is null then 'no_arrival'
            else 'linked'
        end as rotation_link,
        {{ minutes_between('prev_sta_at', 'std_at', 'bigint') }} as ground_minutes
    from following

),

-- The most particular ground time counts, up to the planned one: a turn planned short is no delay by itself.
turns as (

    select
        linked.*,
        least(
            coalesce(of_both.minutes, of_type.minutes, of_station.minutes, of_all.minutes),
            greatest(linked.ground_minutes, 0)
        ) as needed_minutes
    from linked
    left join {{ ref('minimum_ground_times') }} as of_both
        on
            linked.origin = of_both.station
            and coalesce(linked.aircraft_type, linked.prev_aircraft_type) = of_both.aircraft_type
    left join {{ ref('minimum_ground_times') }} as of_type
        on
            of_type.station = '*'
            and coalesce(linked.aircraft_type, linked.prev_aircraft_type) = of_type.aircraft_type
    left join {{ ref('minimum_ground_times') }} as of_station
        on
            linked.origin = of_station.station
            and of_station.aircraft_type = '*'
    left join {{ ref('minimum_ground_times') }} as of_all
        on
            of_all.station = '*'
            and of_all.aircraft_type = '*'

),

delays as (

    select
        *,
        case
            when departure_delay_minutes is not null then greatest(departure_delay_minutes, 0)
        end as delay_minutes,
        case
            when departure_delay_minutes is null then null
            when rotation_link <> 'linked' then 0
            else
                greatest(
                    0,
                    least(departure_delay_minutes, prev_arrival_delay_minutes - ground_minutes + needed_minutes)
                )
        end as propagated_minutes
    from turns

),

-- A chain goes on as long as legs inherit delay; a leg that neither inherits nor hands on any is its own root.
givers as (

    select prev_leg_uid as leg_uid
    from delays
    where propagated_minutes > 0

),

chains as (

    select
        delays.leg_uid,
        delays.aircraft,
        delays.operating_date,
        delays.std_at,
        delays.out_at,
        delays.propagated_minutes,
        sum(case when delays.propagated_minutes > 0 then 0 else 1 end) over (
            partition by delays.aircraft
            order by delays.operating_date, delays.std_at, delays.out_at, delays.leg_uid
            rows between unbounded preceding and current row
        ) as chain_number
    from delays
    left join givers on delays.leg_uid = givers.leg_uid
    where delays.propagated_minutes > 0 or givers.leg_uid is not null

),

firsts as (

    select
        *,
        first_value(leg_uid) over ({{ of_day }}) as first_of_day
    from chains

),

-- The root is looked for one day back: the first leg of the chain on the day before, else on the day of the leg.
roots_of_days as (

    select
        *,
        coalesce(
            lag(first_of_day) over (partition by aircraft, chain_number {{ in_order }}), leg_uid
        ) as day_root_leg_uid
    from firsts

),

rooted as (

    select
        leg_uid,
        propagated_minutes,
        first_value(day_root_leg_uid) over ({{ of_day }}) as root_leg_uid
    from roots_of_days

),

inherited as (

    select
        root_leg_uid,
        count(*) as downstream_legs,
        sum(propagated_minutes) as downstream_minutes
    from rooted
    where propagated_minutes > 0
    group by root_leg_uid

)

select
    delays.leg_uid,
    delays.operating_date,
    delays.carrier,
    delays.origin,
    delays.destination,
    delays.route,
    delays.tail,
    delays.aircraft_type,
    delays.std_at,

    -- the leg before of the same aircraft
    cast(delays.rotation_link as varchar) as rotation_link,
    case
        when delays.rotation_link not in ('no_aircraft', 'no_leg_before') then delays.prev_leg_uid
    end as prev_leg_uid,
    delays.has_aircraft
    and (delays.prev_leg_uid is null or delays.prev_operating_date < delays.operating_date) as is_first_of_day,
    case
        when delays.rotation_link = 'linked' then cast(delays.ground_minutes as integer)
    end as planned_ground_minutes,
    case
        when delays.rotation_link = 'linked' then {{ minutes_between('delays.prev_in_at', 'delays.out_at') }}
    end as actual_ground_minutes,
    case
        when delays.rotation_link = 'linked' then cast(delays.needed_minutes as integer)
    end as minimum_ground_minutes,
    case
        when delays.rotation_link = 'linked' then delays.prev_arrival_delay_minutes
    end as prev_arrival_delay_minutes,

    -- the split of the delay
    delays.departure_delay_minutes,
    delays.delay_minutes,
    cast(delays.propagated_minutes as integer) as propagated_minutes,
    cast(delays.delay_minutes - delays.propagated_minutes as integer) as new_minutes,
    delays.block_minutes,

    -- the chain
    case when delays.delay_minutes > 0 then coalesce(rooted.root_leg_uid, delays.leg_uid) end as root_leg_uid,
    case
        when delays.propagated_minutes > 0 then 0
        else greatest(coalesce(delays.delay_minutes, 0), coalesce(delays.arrival_delay_minutes, 0), 0)
    end as root_minutes,
    cast(coalesce(inherited.downstream_legs, 0) as integer) as downstream_legs,
    cast(coalesce(inherited.downstream_minutes, 0) as integer) as downstream_minutes,
    delays.data_label
from delays
left join rooted on delays.leg_uid = rooted.leg_uid
left join inherited on delays.leg_uid = inherited.root_leg_uid
where {{ where_operating_dates('delays.operating_date', touches=[-1, 1]) }}
