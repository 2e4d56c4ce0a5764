{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leg'}}}) }}
-- A flight that partners sell under numbers of their own is one leg. Where a source sends it under two numbers,
-- both count: a warning for people, who set the other one aside. Two aircraft are two flights.
select
    origin,
    destination,
    std_at,
    sta_at,
    count(*) as legs,
    min(leg_uid) as first_leg_uid,
    max(leg_uid) as last_leg_uid
from {{ ref('fct_leg') }}
where {{ where_operating_dates() }} and not is_cancelled
group by origin, destination, std_at, sta_at
having (count(distinct flight_number) > 1 or count(distinct carrier) > 1) and count(distinct tail) < count(*)
