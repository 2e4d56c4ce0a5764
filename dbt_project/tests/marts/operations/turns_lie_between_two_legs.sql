{{ config(meta={'dagster': {'ref': {'name': 'fct_turnaround'}}}) }}
-- Both legs of a turn from the table of legs: one aircraft, one station, minutes by their own times.
with turns as (

    select * from {{ ref('fct_turnaround') }}
    where {{ where_operating_dates() }}

),

legs as (

    select * from {{ ref('fct_leg') }}
    where {{ where_operating_dates(touches=[-1, 0]) }}

)

select
    turns.leg_uid,
    turns.prev_leg_uid,
    turns.planned_ground_minutes,
    turns.actual_ground_minutes
from turns
left join legs as inbound on turns.prev_leg_uid = inbound.leg_uid
left join legs as outbound on turns.leg_uid = outbound.leg_uid
where
    inbound.leg_uid is null
    or outbound.leg_uid is null
    or inbound.tail <> outbound.tail
    or inbound.is_diverted
    or inbound.destination <> outbound.origin
    or outbound.origin <> turns.station
    or {{ minutes_between('inbound.sta_at', 'outbound.std_at') }} <> turns.planned_ground_minutes
    or {{ minutes_between('inbound.in_at', 'outbound.out_at') }} <> turns.actual_ground_minutes
    or turns.minimum_ground_minutes > greatest(turns.planned_ground_minutes, 0)
