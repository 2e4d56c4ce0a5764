{{ config(meta={'dagster': {'ref': {'name': 'fct_leg_delay'}}}) }}
-- Minutes of codes and of causes, leg by leg, counted place by place on the leg itself.
with from_delays as (

    select
        leg_uid,
        sum(case when scheme = 'AHM730' then delay_minutes else 0 end) as code_minutes,
        sum(case when scheme = 'BTS' then delay_minutes else 0 end) as cause_minutes
    from {{ ref('fct_leg_delay') }}
    where {{ where_operating_dates() }}
    group by leg_uid

),

from_legs as (

    select
        leg_uid,
        {% for place in range(1, 5) %}
        {{ '+ ' if not loop.first }}coalesce({{ delay_code_minutes('delay_codes', place) }}, 0)
        {%- endfor %} as code_minutes,
        {% for cause in minutes_by_cause() %}
        {{ '+ ' if not loop.first }}greatest(coalesce({{ cause }}, 0), 0)
        {%- endfor %} as cause_minutes
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}

)

select
    from_legs.leg_uid,
    from_legs.code_minutes,
    from_legs.cause_minutes
from from_legs
left join from_delays on from_legs.leg_uid = from_delays.leg_uid
where
    from_legs.code_minutes <> coalesce(from_delays.code_minutes, 0)
    or from_legs.cause_minutes <> coalesce(from_delays.cause_minutes, 0)
