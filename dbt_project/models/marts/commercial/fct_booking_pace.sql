{{ config(materialized='view', bind=False) }}
{%- set route = ['carrier', 'origin', 'destination'] | join(', ') -%}
{%- set so_far = '(partition by ' ~ route ~ ', days_to_departure order by operating_date
            rows between unbounded preceding and current row)' -%}

-- Seats sold so long before a day against the mean of the 28 dates before it, where the route has coupons. A span
-- of days in which nothing was sold is a row with 0 seats.
with curve as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        data_label
    from {{ ref('fct_booking_curve') }}
    where route <> 'unknown' and days_to_departure >= 0

),

days as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        max(data_label) as data_label
    from curve
    group by operating_date, carrier, origin, destination

),

disturbed as (

    {{ exceptional_days_of_routes('days') }}

),

-- Coupons of a bucket are still sold until its last day is over.
grid as (

    select
        days.operating_date,
        days.carrier,
        days.origin,
        days.destination,
        buckets.days_to_departure,
        days.operating_date - coalesce(buckets.from_days, 0) < cast({{ as_of() }} as date) as is_over,
        disturbed.operating_date is null as is_ordinary,
        coalesce(curve.kept_seats, 0) as kept_seats,
        days.data_label
    from days
    cross join {{ ref('booking_buckets') }} as buckets
    left join curve
        on
            days.operating_date = curve.operating_date
            and days.carrier = curve.carrier
            and days.origin = curve.origin
            and days.destination = curve.destination
            and buckets.days_to_departure = curve.days_to_departure
    left join disturbed
        on
            days.operating_date = disturbed.operating_date
            and days.origin = disturbed.origin
            and days.destination = disturbed.destination

),

-- A date enters baselines on the day after it and leaves them after 28 days, as in fct_fare_position.
moves as (

    select
        operating_date,
        {{ route }},
        days_to_departure,
        1 as is_day,
        is_over,
        kept_seats,
        data_label,
        0 as days_moved,
        0 as seats_moved
    from grid

    {% for sign, days_after in [('', 1), ('-', 29)] %}
    union all

    select
        operating_date + {{ days_after }} as operating_date,
        {{ route }},
        days_to_departure,
        0 as is_day,
        false as is_over,
        0 as kept_seats,
        data_label,
        {{ sign }}1 as days_moved,
        {{ sign }}kept_seats as seats_moved
    from grid
    where is_ordinary and is_over

    {% endfor %}

),

by_date as (

    select
        operating_date,
        {{ route }},
        days_to_departure,
        max(is_day) as is_day,
        max(case when is_over then 1 else 0 end) as is_over,
        sum(kept_seats) as kept_seats,
        max(case when is_day = 1 then data_label end) as data_label,
        sum(days_moved) as days_moved,
        sum(seats_moved) as seats_moved
    from moves
    group by operating_date, {{ route }}, days_to_departure

),

running as (

    select
        *,
        cast(sum(days_moved) over {{ so_far }} as bigint) as baseline_days,
        cast(sum(seats_moved) over {{ so_far }} as bigint) as baseline_seats
    from by_date

),

averaged as (

    select
        *,
        cast(baseline_seats as double precision) / nullif(baseline_days, 0) as usual_seats,
        is_over = 1 and baseline_days >= {{ var('pace_least_days') }} as is_judged
    from running
    where is_day = 1

)

select
    operating_date,
    carrier,
    origin,
    destination,
    origin || '-' || destination as route,
    days_to_departure,
    is_over = 1 as is_over,
    cast(kept_seats as bigint) as kept_seats,
    baseline_days,
    baseline_seats,

    -- empty while the bucket is open or the baseline short; over rows both are added up, and then divided
    case when is_judged then cast(kept_seats as bigint) end as judged_seats,
    cast(case when is_judged then usual_seats end as decimal(18, 6)) as expected_seats,
    case when is_judged then kept_seats / nullif(usual_seats, 0) - 1 end as booking_pace,
    data_label
from averaged
