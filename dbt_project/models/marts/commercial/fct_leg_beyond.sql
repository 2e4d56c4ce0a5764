{{ config(meta={'touches': [-1, 1]}) }}
{%- set in_order = 'partition by booking_hash order by std_at, leg_uid' -%}

-- Other legs of a journey may fly on the day before or after, and their rows change with a leg of this one.
with flown as (

    select
        operating_date,
        leg_uid,
        booking_hash,
        sum(coupons) as seats,
        sum(revenue_usd) as revenue_usd,
        max(data_label) as data_label
    from {{ ref('int_coupon') }}
    where
        fate = 'counted'
        and coupon_status = 'flown'
        and booking_hash is not null
        and {{ where_operating_dates(touches=[-2, 2]) }}
    group by operating_date, leg_uid, booking_hash

),

legs as (

    select
        operating_date,
        leg_uid,
        carrier,
        origin,
        destination,
        std_at,
        sta_at
    from {{ ref('int_leg') }}
    where {{ where_operating_dates(touches=[-2, 2]) }}

),

-- few bookings have several legs
several as (

    select booking_hash
    from flown
    group by booking_hash
    having count(*) > 1

),

in_turn as (

    select
        flown.*,
        legs.origin,
        legs.destination,
        legs.std_at,
        legs.sta_at
    from flown
    inner join several on flown.booking_hash = several.booking_hash
    inner join legs on flown.operating_date = legs.operating_date and flown.leg_uid = legs.leg_uid
    where legs.std_at is not null

),

following as (

    select
        *,
        lag(origin) over ({{ in_order }}) as prev_origin,
        lag(destination) over ({{ in_order }}) as prev_destination,
        lag(sta_at) over ({{ in_order }}) as prev_sta_at
    from in_turn

),

-- A leg that does not take the passengers on from the leg before it starts a journey, as the way back does.
numbered as (

    select
        *,
        sum(
            case
                when
                    prev_destination = origin
                    and prev_origin <> destination
                    and {{ minutes_between('prev_sta_at', 'std_at') }}
                    between 0 and {{ var('connection_most_minutes') }}
                    then 0
                else 1
            end
        ) over ({{ in_order }} rows between unbounded preceding and current row) as journey_number
    from following

),

-- a leg that is two days away is seen from neither: what a day holds must not depend on the days asked for
connecting as (

    select
        own.operating_date,
        own.leg_uid,
        own.booking_hash,
        own.seats,
        own.revenue_usd,
        sum(other.revenue_usd) as beyond_revenue_usd
    from numbered as own
    inner join numbered as other
        on
            own.booking_hash = other.booking_hash
            and own.journey_number = other.journey_number
            and own.leg_uid <> other.leg_uid
            and other.operating_date between own.operating_date - 1 and own.operating_date + 1
    group by own.operating_date, own.leg_uid, own.booking_hash, own.seats, own.revenue_usd

),

beyond as (

    select
        operating_date,
        leg_uid,
        count(*) as connecting_bookings,
        sum(seats) as connecting_seats,
        sum(revenue_usd) as connecting_revenue_usd,
        sum(beyond_revenue_usd) as beyond_revenue_usd
    from connecting
    group by operating_date, leg_uid

),

sold as (

    select
        operating_date,
        leg_uid,
        sum(seats) as flown_seats,
        max(data_label) as data_label
    from flown
    group by operating_date, leg_uid

)

select
    sold.operating_date,
    sold.leg_uid,
    {{ route_or_unknown('legs') }},
    cast(sold.flown_seats as bigint) as flown_seats,

    -- of journeys that go on, or came from, elsewhere
    coalesce(beyond.connecting_bookings, 0) as connecting_bookings,
    cast(coalesce(beyond.connecting_seats, 0) as bigint) as connecting_seats,
    cast(coalesce(beyond.connecting_revenue_usd, 0) as decimal(18, 2)) as connecting_revenue_usd,

    -- on the other legs of these journeys, and what of it the airline would lack without this leg
    cast(coalesce(beyond.beyond_revenue_usd, 0) as decimal(18, 2)) as beyond_revenue_usd,
    cast(
        coalesce(beyond.beyond_revenue_usd, 0) * (1 - {{ var('displacement_share') }}) as decimal(18, 2)
    ) as beyond_contribution_usd,
    sold.data_label
from sold
inner join legs on sold.operating_date = legs.operating_date and sold.leg_uid = legs.leg_uid
left join beyond on sold.operating_date = beyond.operating_date and sold.leg_uid = beyond.leg_uid
where {{ where_operating_dates('sold.operating_date', touches=[-1, 1]) }}
