{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leg'}}}) }}
-- A leg that a source names by another suffix or sequence is another leg to us, and both count. A warning for
-- people: which one is right only they can say, and they set the other one aside.
select
    carrier,
    flight_number,
    origin,
    destination,
    std_at,
    count(*) as legs,
    min(leg_uid) as first_leg_uid,
    max(leg_uid) as last_leg_uid
from {{ ref('fct_leg') }}
where {{ where_operating_dates() }}
group by carrier, flight_number, origin, destination, std_at
having count(*) > 1
