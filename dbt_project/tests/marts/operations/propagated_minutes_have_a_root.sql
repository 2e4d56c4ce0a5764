{{ config(meta={'dagster': {'ref': {'name': 'fct_rotation'}}}) }}
-- Every inherited minute is downstream of one leg, of the same day or the day before, and of no second one.
with rotations as (

    select * from {{ ref('fct_rotation') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

),

inherited as (

    select
        root_leg_uid,
        min(operating_date) as first_date,
        max(operating_date) as last_date,
        count(*) as legs,
        sum(propagated_minutes) as propagated_minutes
    from rotations
    where propagated_minutes > 0
    group by root_leg_uid

)

select
    rotations.leg_uid,
    rotations.downstream_minutes,
    inherited.propagated_minutes
from rotations
left join inherited on rotations.leg_uid = inherited.root_leg_uid
where
    {{ where_operating_dates('rotations.operating_date') }}
    and (
        rotations.downstream_minutes <> coalesce(inherited.propagated_minutes, 0)
        or rotations.downstream_legs <> coalesce(inherited.legs, 0)
        or inherited.first_date < rotations.operating_date
        or inherited.last_date > rotations.operating_date + 1
        or (rotations.propagated_minutes > 0 and rotations.root_leg_uid = rotations.leg_uid)
        or (rotations.delay_minutes > 0 and rotations.root_leg_uid is null)
    )
