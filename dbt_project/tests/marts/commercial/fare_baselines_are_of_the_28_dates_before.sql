{{ config(meta={'dagster': {'ref': {'name': 'fct_fare_position'}}}) }}
-- The baselines of the dates that are asked for again, day by day: 28 rows of the curve for each row of the view.
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

ordinary as (

    select days.*
    from days
    left join {{ ref('dim_exceptional_day') }} as events
        on
            days.operating_date = events.date_day
            and events.leave_out
            and (events.scope = 'network' or events.airport in (days.origin, days.destination))
    where events.date_day is null

),

from_curve as (

    select
        days.operating_date,
        days.carrier,
        days.origin,
        days.destination,
        days.days_to_departure,
        days.kept_seats,
        days.kept_fare_usd,
        count(ordinary.operating_date) as baseline_days,
        coalesce(sum(ordinary.kept_seats), 0) as baseline_seats,
        coalesce(sum(ordinary.kept_fare_usd), 0) as baseline_fare_usd
    from days
    left join ordinary
        on
            days.carrier = ordinary.carrier
            and days.origin = ordinary.origin
            and days.destination = ordinary.destination
            and days.days_to_departure = ordinary.days_to_departure
            and ordinary.operating_date between days.operating_date - 28 and days.operating_date - 1
    where {{ where_operating_dates('days.operating_date') }}
    group by
        days.operating_date, days.carrier, days.origin, days.destination, days.days_to_departure, days.kept_seats,
        days.kept_fare_usd

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
        baseline_days,
        baseline_seats,
        baseline_fare_usd
    from {{ ref('fct_fare_position') }}
    where {{ where_operating_dates() }}

)

{{ sums_that_differ(
    'from_positions', 'from_curve',
    ['kept_seats', 'kept_fare_usd', 'baseline_days', 'baseline_seats', 'baseline_fare_usd'],
    by=['operating_date', 'carrier', 'origin', 'destination', 'days_to_departure']
) }}
