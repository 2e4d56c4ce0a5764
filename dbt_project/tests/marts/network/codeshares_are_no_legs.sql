{{ config(meta={'dagster': {'ref': {'name': 'fct_schedule'}}}) }}
-- A carrier that only sells seats of a leg files it too; the leg is planned once, by the carrier that flies it.
with filed as (

    select
        operating_date,
        {{ leg_uid() }} as leg_uid,
        max(case when is_operated then 1 else 0 end) as is_operated
    from {{ ref('stg_partner__ssim') }}
    where {{ where_operating_dates() }}
    group by operating_date, {{ leg_uid() }}

)

select
    planned.operating_date,
    planned.leg_uid
from {{ ref('fct_schedule') }} as planned
inner join filed
    on planned.operating_date = filed.operating_date and planned.leg_uid = filed.leg_uid
where filed.is_operated = 0 and {{ where_operating_dates('planned.operating_date') }}
