{{ config(materialized='view', bind=False) }}
-- The average fare of a day against that of the 28 dates before it at the same days to departure, from additive
-- sums. Of 28 dates each weekday has four. Days of exceptional events are in no baseline.
with days as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        days_to_departure,
        kept_seats,
        kept_fare_usd,
        data_label
    from {{ ref('fct_booking_curve') }}
    where route <> 'unknown' and days_to_departure >= 0

),

disturbed as (

    select distinct
        date_day,
        scope,
        airport
    from {{ ref('dim_exceptional_day') }}
    where leave_out

),

-- an event of the network has no airport
ordinary as (

    select days.*
    from days
    left join disturbed
        on
            days.operating_date = disturbed.date_day
            and (disturbed.scope = 'network' or disturbed.airport in (days.origin, days.destination))
    where disturbed.date_day is null

),

compared as (

    select
        days.operating_date,
        days.carrier,
        days.origin,
        days.destination,
        days.route,
        days.days_to_departure,
        days.kept_seats,
        days.kept_fare_usd,
        count(ordinary.operating_date) as baseline_days,
        cast(coalesce(sum(ordinary.kept_seats), 0) as bigint) as baseline_seats,
        {{ sum_usd('ordinary.kept_fare_usd') }} as baseline_fare_usd,
        coalesce(days.data_label, max(ordinary.data_label)) as data_label
    from days
    left join ordinary
        on
            days.carrier = ordinary.carrier
            and days.origin = ordinary.origin
            and days.destination = ordinary.destination
            and days.days_to_departure = ordinary.days_to_departure
            and ordinary.operating_date between days.operating_date - 28 and days.operating_date - 1
    group by
        days.operating_date, days.carrier, days.origin, days.destination, days.route, days.days_to_departure,
        days.kept_seats, days.kept_fare_usd, days.data_label

),

averaged as (

    select
        *,
        cast(kept_fare_usd as double precision) / nullif(kept_seats, 0) as average_fare_usd,
        cast(baseline_fare_usd as double precision) / nullif(baseline_seats, 0) as baseline_average_fare_usd,
        kept_seats >= {{ var('fare_least_seats') }}
        and baseline_seats >= {{ var('fare_least_baseline_seats') }} as is_enough
    from compared

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    days_to_departure,

    -- both sides with their n
    kept_seats,
    kept_fare_usd,
    average_fare_usd,
    baseline_days,
    baseline_seats,
    baseline_fare_usd,
    baseline_average_fare_usd,

    -- empty where there is too little on either side; over rows: the first two are added up, and then divided
    case when is_enough then kept_fare_usd end as judged_fare_usd,
    case
        when is_enough then cast(kept_seats * baseline_average_fare_usd as decimal(18, 2))
    end as expected_fare_usd,
    case when is_enough then average_fare_usd / nullif(baseline_average_fare_usd, 0) - 1 end as fare_position,
    data_label
from averaged
