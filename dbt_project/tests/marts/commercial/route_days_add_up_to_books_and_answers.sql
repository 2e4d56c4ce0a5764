{{ config(meta={'dagster': {'ref': {'name': 'fct_route_day_commercial'}}}) }}
-- The same figures counted without routes: a leg on two routes, or on none, would show here.
with from_sums as (

    select
        operating_date,
        sum(booked_legs) as booked_legs,
        sum(booked_seats) as booked_seats,
        sum(booked_revenue_usd) as booked_revenue_usd,
        sum(answers) as answers,
        sum(promoters - detractors) as net_promoters,
        sum(satisfaction_sum) as satisfaction_sum
    from {{ ref('fct_route_day_commercial') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

books as (

    select
        int_booking.operating_date,
        count(*) as booked_legs,
        sum(int_booking.booked_seats) as booked_seats,
        coalesce(sum(int_booking.booked_revenue_usd), 0) as booked_revenue_usd
    from {{ ref('int_booking') }} as int_booking
    inner join {{ ref('fct_leg') }} as fct_leg
        on int_booking.operating_date = fct_leg.operating_date and int_booking.leg_uid = fct_leg.leg_uid
    where int_booking.fate = 'counted' and {{ where_operating_dates('int_booking.operating_date') }}
    group by int_booking.operating_date

),

answers as (

    select
        int_feedback.operating_date,
        count(*) as answers,
        sum(
            case
                when int_feedback.recommendation >= 9 then 1
                when int_feedback.recommendation <= 6 then -1
                else 0
            end
        ) as net_promoters,
        coalesce(sum(int_feedback.satisfaction), 0) as satisfaction_sum
    from {{ ref('int_feedback') }} as int_feedback
    inner join {{ ref('fct_leg') }} as fct_leg
        on int_feedback.operating_date = fct_leg.operating_date and int_feedback.leg_uid = fct_leg.leg_uid
    where int_feedback.fate = 'counted' and {{ where_operating_dates('int_feedback.operating_date') }}
    group by int_feedback.operating_date

),

days as (

    select operating_date from from_sums
    union
    select operating_date from books
    union
    select operating_date from answers

)

select days.operating_date
from days
left join from_sums on days.operating_date = from_sums.operating_date
left join books on days.operating_date = books.operating_date
left join answers on days.operating_date = answers.operating_date
where
    from_sums.operating_date is null
    or from_sums.booked_legs <> coalesce(books.booked_legs, 0)
    or from_sums.booked_seats <> coalesce(books.booked_seats, 0)
    or from_sums.booked_revenue_usd <> coalesce(books.booked_revenue_usd, 0)
    or from_sums.answers <> coalesce(answers.answers, 0)
    or from_sums.net_promoters <> coalesce(answers.net_promoters, 0)
    or from_sums.satisfaction_sum <> coalesce(answers.satisfaction_sum, 0)
