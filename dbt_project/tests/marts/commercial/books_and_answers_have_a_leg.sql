{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_route_day_commercial'}}}) }}
-- depends_on: {{ ref('fct_route_day_commercial') }}
-- A snapshot comes before its leg where the plan is late; one whose leg never comes is a wrong identity.
with told as (

    select
        operating_date,
        leg_uid
    from {{ ref('int_booking') }}
    where {{ where_operating_dates() }}
    union
    select
        operating_date,
        leg_uid
    from {{ ref('int_feedback') }}
    where {{ where_operating_dates() }}

)

select told.leg_uid
from told
left join {{ ref('fct_leg') }} as fct_leg
    on told.operating_date = fct_leg.operating_date and told.leg_uid = fct_leg.leg_uid
where fct_leg.leg_uid is null
