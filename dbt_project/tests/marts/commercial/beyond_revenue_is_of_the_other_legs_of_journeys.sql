{{ config(meta={'dagster': {'ref': {'name': 'fct_leg_beyond'}}}) }}
-- Journeys again, without windows: a leg that the one before it in its booking does not
-- feed starts one, and a leg belongs to the last start.
with flown as (

    select
        int_coupon.operating_date,
        int_coupon.leg_uid,
        int_coupon.booking_hash,
        legs.origin,
        legs.destination,
        legs.std_at,
        legs.sta_at,
        {{ timestamp_text('legs.std_at') }} || int_coupon.leg_uid as turn,
        sum(int_coupon.revenue_usd) as revenue_usd
    from {{ ref('int_coupon') }} as int_coupon
    inner join {{ ref('int_leg') }} as legs
        on int_coupon.operating_date = legs.operating_date and int_coupon.leg_uid = legs.leg_uid
    where
        int_coupon.fate = 'counted'
        and int_coupon.coupon_status = 'flown'
        and int_coupon.booking_hash is not null
        and legs.std_at is not null
        and {{ where_operating_dates('int_coupon.operating_date', touches=[-2, 2]) }}
        and {{ where_operating_dates('legs.operating_date', touches=[-2, 2]) }}
    group by
        int_coupon.operating_date, int_coupon.leg_uid, int_coupon.booking_hash, legs.origin, legs.destination,
        legs.std_at, legs.sta_at

),

turns as (

    select
        onward.booking_hash,
        onward.leg_uid,
        onward.origin,
        onward.destination,
        onward.std_at,
        max(earlier.turn) as turn_before
    from flown as onward
    inner join flown as earlier on onward.booking_hash = earlier.booking_hash and onward.turn > earlier.turn
    group by onward.booking_hash, onward.leg_uid, onward.origin, onward.destination, onward.std_at

),

fed as (

    select
        onward.booking_hash,
        onward.leg_uid
    from turns as onward
    inner join flown as feeder
        on
            onward.booking_hash = feeder.booking_hash
            and onward.turn_before = feeder.turn
            and onward.origin = feeder.destination
            and onward.destination <> feeder.origin
            and {{ minutes_between('feeder.sta_at', 'onward.std_at') }}
            between 0 and {{ var('connection_most_minutes') }}

),

starts as (

    select
        flown.booking_hash,
        flown.turn
    from flown
    left join fed on flown.booking_hash = fed.booking_hash and flown.leg_uid = fed.leg_uid
    where fed.leg_uid is null

),

journeys as (

    select
        flown.operating_date,
        flown.leg_uid,
        flown.booking_hash,
        flown.revenue_usd,
        max(starts.turn) as started_at
    from flown
    inner join starts on flown.booking_hash = starts.booking_hash and flown.turn >= starts.turn
    group by flown.operating_date, flown.leg_uid, flown.booking_hash, flown.revenue_usd

),

-- of each leg the revenue of its journey, less its own: over a journey its revenue times its legs less one
from_journeys as (

    select
        own.operating_date,
        sum(journey.revenue_usd) - sum(case when own.leg_uid = journey.leg_uid then own.revenue_usd else 0 end)
            as beyond_usd
    from journeys as own
    inner join journeys as journey
        on
            own.booking_hash = journey.booking_hash
            and own.started_at = journey.started_at
            and journey.operating_date between own.operating_date - 1 and own.operating_date + 1
    where {{ where_operating_dates('own.operating_date', touches=[-1, 1]) }}
    group by own.operating_date

),

from_legs as (

    select
        operating_date,
        sum(beyond_revenue_usd) as beyond_usd
    from {{ ref('fct_leg_beyond') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}
    group by operating_date

),

all_legs as (

    select
        from_legs.operating_date,
        from_legs.beyond_usd,
        coalesce(from_journeys.beyond_usd, 0) as journeys_usd
    from from_legs
    left join from_journeys on from_legs.operating_date = from_journeys.operating_date

)

select * from all_legs
where beyond_usd <> journeys_usd
