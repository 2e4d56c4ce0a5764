{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leg'}}}) }}
-- BTS codes every arrival that is 15 minutes late or more, and its causes sum to the delay. Delay codes are about
-- departures and have a test of their own. A warning only: when another source corrects the times, the causes
-- stay what they were until they are recoded.
select
    leg_uid,
    arrival_delay_minutes,
    carrier_delay_minutes,
    weather_delay_minutes,
    nas_delay_minutes,
    security_delay_minutes,
    late_aircraft_delay_minutes
from {{ ref('fct_leg') }}
where
    {{ where_operating_dates() }}
    and delay_codes is null
    and carrier_delay_minutes
    + weather_delay_minutes
    + nas_delay_minutes
    + security_delay_minutes
    + late_aircraft_delay_minutes <> arrival_delay_minutes
