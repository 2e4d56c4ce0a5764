-- A leg's route is the merged leg's, so books and answers follow it when its destination changes.
with booked as (

    select
        operating_date,
        leg_uid,
        booked_seats,
        booked_revenue_usd
    from {{ ref('int_booking') }}
    where fate = 'counted' and {{ where_operating_dates() }}

),

answered as (

    select
        operating_date,
        leg_uid,
        count(*) as answers,
        count(recommendation) as recommendations,
        count(satisfaction) as satisfactions,
        {{ count_legs('recommendation >= 9') }} as promoters,
        {{ count_legs('recommendation <= 6') }} as detractors,
        {{ sum_whole('satisfaction') }} as satisfaction_sum
    from {{ ref('int_feedback') }}
    where fate = 'counted' and {{ where_operating_dates() }}
    group by operating_date, leg_uid

),

legs as (

    select
        fct_leg.operating_date,
        {{ route_of_leg('fct_leg') }},
        booked.leg_uid as booked_leg_uid,
        booked.booked_seats,
        booked.booked_revenue_usd,
        answered.answers,
        answered.recommendations,
        answered.satisfactions,
        answered.promoters,
        answered.detractors,
        answered.satisfaction_sum
    from {{ ref('fct_leg') }} as fct_leg
    left join booked on fct_leg.operating_date = booked.operating_date and fct_leg.leg_uid = booked.leg_uid
    left join answered on fct_leg.operating_date = answered.operating_date and fct_leg.leg_uid = answered.leg_uid
    where
        {{ where_operating_dates('fct_leg.operating_date') }}
        and coalesce(booked.leg_uid, answered.leg_uid) is not null

)

select
    operating_date,
    origin,
    destination,
    route,

    -- the books, of all legs of the route, cancelled ones too
    count(booked_leg_uid) as booked_legs,
    {{ sum_whole('booked_seats') }} as booked_seats,
    count(booked_revenue_usd) as booked_revenue_legs,
    cast(coalesce(sum(booked_revenue_usd), 0) as decimal(18, 2)) as booked_revenue_usd,

    -- the answers: NPS is (promoters - detractors) / recommendations
    {{ sum_whole('answers') }} as answers,
    {{ sum_whole('recommendations') }} as recommendations,
    {{ sum_whole('satisfactions') }} as satisfactions,
    {{ sum_whole('promoters') }} as promoters,
    {{ sum_whole('detractors') }} as detractors,
    {{ sum_whole('satisfaction_sum') }} as satisfaction_sum
from legs
group by operating_date, origin, destination, route
