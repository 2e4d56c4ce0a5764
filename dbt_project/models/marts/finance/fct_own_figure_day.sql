-- Every figure that came in about legs, by what became of it: a figure that is lost, or counted twice, would show.
{%- set models = {
    'costs': 'int_cost', 'revenue': 'int_coupon', 'cargo': 'int_cargo', 'bookings': 'int_booking',
    'surveys': 'int_feedback'
} %}
with together as (

    {% for figure, model in models.items() %}
    {{ 'union all' if not loop.first }}

    select
        operating_date,
        '{{ figure }}' as figure,
        told_by,
        fate,
        leg_uid
    from {{ ref(model) }}
    where {{ where_operating_dates() }}
    {% endfor %}

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
