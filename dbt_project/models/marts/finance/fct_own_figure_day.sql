-- Every figure that came in about legs, by what became of it: a figure that is lost, or counted twice, would show.
with together as (

    select
        operating_date,
        'costs' as figure,
        told_by,
        fate,
        leg_uid
    from {{ ref('int_cost') }}
    where {{ where_operating_dates() }}

    union all

    select
        operating_date,
        'revenue' as figure,
        told_by,
        fate,
        leg_uid
    from {{ ref('int_coupon') }}
    where {{ where_operating_dates() }}

    union all

    select
        operating_date,
        'bookings' as figure,
        told_by,
        fate,
        leg_uid
    from {{ ref('int_booking') }}
    where {{ where_operating_dates() }}

    union all

    select
        operating_date,
        'surveys' as figure,
        told_by,
        fate,
        leg_uid
    from {{ ref('int_feedback') }}
    where {{ where_operating_dates() }}

)

select
    operating_date,
    figure,
    told_by,
    count(*) as figures,
    count(case when fate = 'counted' then 1 end) as counted,
    count(case when fate = 'superseded' then 1 end) as superseded,
    count(case when fate = 'without_rate' then 1 end) as without_rate,
    count(case when leg_uid is null then 1 end) as without_leg
from together
group by operating_date, figure, told_by
