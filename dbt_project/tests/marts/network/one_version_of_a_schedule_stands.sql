{{ config(meta={'dagster': {'ref': {'name': 'fct_schedule'}}}) }}
{%- set of_leg = 'partition by operating_date, leg_uid order by schedule_version' %}

with neighbours as (

    select
        *,
        lag(replaced_at) over ({{ of_leg }}) as earlier_replaced_at,
        lag(schedule_version) over ({{ of_leg }}) as earlier
    from {{ ref('fct_schedule') }}
    where {{ where_operating_dates() }}

)

select
    operating_date,
    leg_uid
from neighbours
where replaced_at <= made_at or (earlier is not null and coalesce(earlier_replaced_at > made_at, true))
union all
select
    operating_date,
    leg_uid
from neighbours
group by operating_date, leg_uid
having
    sum(case when is_frozen_d1 then 1 else 0 end) > 1
    or sum(case when is_frozen_d7 then 1 else 0 end) > 1
