{{ config(meta={'dagster': {'ref': {'name': 'fct_rotation'}}}) }}
-- Leg by leg against the legs themselves; every operated leg is there once, and no other.
with rotations as (

    select * from {{ ref('fct_rotation') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

),

legs as (

    select * from {{ ref('fct_leg') }}
    where is_operated and {{ where_operating_dates(touches=[-1, 1]) }}

)

select
    coalesce(legs.leg_uid, rotations.leg_uid) as leg_uid,
    legs.departure_delay_minutes,
    rotations.propagated_minutes,
    rotations.new_minutes
from legs
full outer join rotations on legs.leg_uid = rotations.leg_uid
where
    legs.leg_uid is null
    or rotations.leg_uid is null
    or rotations.propagated_minutes < 0
    or rotations.new_minutes < 0
    or (legs.departure_delay_minutes is null and rotations.new_minutes + rotations.propagated_minutes is not null)
    or (
        legs.departure_delay_minutes is not null
        and coalesce(rotations.new_minutes + rotations.propagated_minutes, -1)
        <> greatest(legs.departure_delay_minutes, 0)
    )
