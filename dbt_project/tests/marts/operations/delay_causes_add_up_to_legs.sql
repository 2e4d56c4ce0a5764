{{ config(meta={'dagster': {'ref': {'name': 'fct_delay_cause_day'}}}) }}
with from_sums as (

    select
        operating_date,
        sum(delay_minutes) as delay_minutes
    from {{ ref('fct_delay_cause_day') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

from_legs as (

    select
        operating_date,
        sum(
            coalesce(carrier_delay_minutes, 0)
            + coalesce(weather_delay_minutes, 0)
            + coalesce(nas_delay_minutes, 0)
            + coalesce(security_delay_minutes, 0)
            + coalesce(late_aircraft_delay_minutes, 0)
        ) as delay_minutes
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}
    group by operating_date

)

select from_legs.operating_date
from from_legs
full outer join from_sums on from_legs.operating_date = from_sums.operating_date
where coalesce(from_legs.delay_minutes, 0) <> coalesce(from_sums.delay_minutes, 0)
