{{ config(meta={'dagster': {'ref': {'name': 'fct_fare_position'}}}) }}
-- The baselines again as running sums, without a join of days: a date enters the day after it and leaves after 28.
with days as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        kept_fare_usd
    from {{ ref('fct_booking_curve') }}
    where route <> 'unknown' and days_to_departure >= 0 and {{ where_operating_dates(touches=[-28, 0]) }}

),

left_out as (

    select distinct
        days.operating_date,
        days.origin,
        days.destination
    from days
    inner join {{ ref('dim_exceptional_day') }} as events on days.operating_date = events.date_day
    where events.leave_out and (events.scope = 'network' or events.airport in (days.origin, days.destination))

),

counted as (

    select
        days.*,
        case when left_out.operating_date is null then 1 else 0 end as is_counted
    from days
    left join left_out
        on
            days.operating_date = left_out.operating_date
            and days.origin = left_out.origin
            and days.destination = left_out.destination

),

moves as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        kept_fare_usd,
        0 as baseline_seats,
        0 as baseline_fare_usd
    from counted

    union all

    select
        operating_date + 1 as operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        0 as kept_seats,
        0 as kept_fare_usd,
        kept_seats as baseline_seats,
        kept_fare_usd as baseline_fare_usd
    from counted
    where is_counted = 1

    union all

    select
        operating_date + 29 as operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        0 as kept_seats,
        0 as kept_fare_usd,
        -kept_seats as baseline_seats,
        -kept_fare_usd as baseline_fare_usd
    from counted
    where is_counted = 1

),

by_date as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        sum(kept_seats) as kept_seats,
        sum(kept_fare_usd) as kept_fare_usd,
        sum(baseline_seats) as seats_moved,
        sum(baseline_fare_usd) as fare_moved_usd
    from moves
    group by operating_date, carrier, origin, destination, days_to_departure

),

running as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        kept_fare_usd,
        sum(seats_moved) over (
            partition by carrier, origin, destination, days_to_departure order by operating_date
            rows between unbounded preceding and current row
        ) as baseline_seats,
        sum(fare_moved_usd) over (
            partition by carrier, origin, destination, days_to_departure order by operating_date
            rows between unbounded preceding and current row
        ) as baseline_fare_usd
    from by_date

),

-- a row of the curve without any kept seat has nothing to be compared
from_curve as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        kept_fare_usd,
        baseline_seats,
        baseline_fare_usd
    from running
    where kept_seats > 0 and {{ where_operating_dates() }}

),

from_positions as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        kept_fare_usd,
        baseline_seats,
        baseline_fare_usd
    from {{ ref('fct_fare_position') }}
    where kept_seats > 0 and {{ where_operating_dates() }}

)

{{ sums_that_differ(
    'from_positions', 'from_curve', ['kept_seats', 'kept_fare_usd', 'baseline_seats', 'baseline_fare_usd'],
    by=['operating_date', 'carrier', 'origin', 'destination', 'days_to_departure']
) }}
