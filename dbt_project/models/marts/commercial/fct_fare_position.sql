{{ config(materialized='view', bind=False) }}
{%- set bucket = ['carrier', 'origin', 'destination', 'days_to_departure'] | join(', ') -%}
{%- set so_far = '(partition by ' ~ bucket ~ ' order by operating_date
            rows between unbounded preceding and current row)' -%}

-- The average fare of a day against that of the 28 dates before it at the same days to departure, from additive
-- sums. Of 28 dates each weekday has four. Days of exceptional events are in no baseline.
with days as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        days_to_departure,
        kept_seats,
        kept_fare_usd,
        data_label
    from {{ ref('fct_booking_curve') }}
    where route <> 'unknown' and days_to_departure >= 0

),

disturbed as (

    {{ exceptional_days_of_routes('days') }}

),

ordinary as (

    select days.*
    from days
    left join disturbed
        on
            days.operating_date = disturbed.operating_date
            and days.origin = disturbed.origin
            and days.destination = disturbed.destination
    where disturbed.operating_date is null

),

-- A date enters baselines on the day after it and leaves them after 28 days; a join of days would have 28 rows of
-- each.
moves as (

    select
        operating_date,
        {{ bucket }},
        1 as is_day,
        kept_seats,
        kept_fare_usd,
        data_label,
        0 as days_moved,
        0 as seats_moved,
        0 as fare_moved_usd,
        0 as labels_moved
    from days

    {% for sign, days_after in [('', 1), ('-', 29)] %}
    union all

    select
        operating_date + {{ days_after }} as operating_date,
        {{ bucket }},
        0 as is_day,
        0 as kept_seats,
        0 as kept_fare_usd,
        data_label,
        {{ sign }}1 as days_moved,
        {{ sign }}kept_seats as seats_moved,
        {{ sign }}kept_fare_usd as fare_moved_usd,
        {{ sign }}case when data_label is null then 0 else 1 end as labels_moved
    from ordinary

    {% endfor %}

),

by_date as (

    select
        operating_date,
        {{ bucket }},
        max(is_day) as is_day,
        sum(kept_seats) as kept_seats,
        sum(kept_fare_usd) as kept_fare_usd,
        max(case when is_day = 1 then data_label end) as day_label,
        max(data_label) as data_label,
        sum(days_moved) as days_moved,
        sum(seats_moved) as seats_moved,
        sum(fare_moved_usd) as fare_moved_usd,
        sum(labels_moved) as labels_moved
    from moves
    group by operating_date, {{ bucket }}

),

running as (

    select
        operating_date,
        {{ bucket }},
        is_day,
        cast(kept_seats as bigint) as kept_seats,
        cast(kept_fare_usd as decimal(18, 2)) as kept_fare_usd,
        cast(sum(days_moved) over {{ so_far }} as bigint) as baseline_days,
        cast(sum(seats_moved) over {{ so_far }} as bigint) as baseline_seats,
        cast(sum(fare_moved_usd) over {{ so_far }} as decimal(18, 2)) as baseline_fare_usd,
        coalesce(
            day_label, case when sum(labels_moved) over {{ so_far }} > 0 then max(data_label) over {{ so_far }} end
        ) as data_label
    from by_date

),

averaged as (

    select
        *,
        cast(kept_fare_usd as double precision) / nullif(kept_seats, 0) as average_fare_usd,
        cast(baseline_fare_usd as double precision) / nullif(baseline_seats, 0) as baseline_average_fare_usd,
        kept_seats >= {{ var('fare_least_seats') }}
        and baseline_seats >= {{ var('fare_least_baseline_seats') }} as is_enough
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

    -- both sides with their n
    kept_seats,
    kept_fare_usd,
    average_fare_usd,
    baseline_days,
    baseline_seats,
    baseline_fare_usd,
    baseline_average_fare_usd,

    -- empty where there is too little on either side; over rows: the first two are added up, and then divided
    cast(case when is_enough then kept_fare_usd end as decimal(18, 2)) as judged_fare_usd,
    {{ cents('case when is_enough then kept_seats * baseline_average_fare_usd end') }} as expected_fare_usd,
    case when is_enough then average_fare_usd / nullif(baseline_average_fare_usd, 0) - 1 end as fare_position,
    data_label
from averaged
