{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leg'}}}) }}
-- Times that cannot be true together stay on the leg, and what needs them is left out: a warning for people.
select
    leg_uid,
    carrier,
    flight_number,
    origin,
    destination,
    time_problem
from {{ ref('fct_leg') }}
where time_problem is not null and {{ where_operating_dates() }}
