{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_delay_code_day'}}}) }}
-- Two ways from the same codes: the day counts them place by place, a leg's causes come from its facts. A code
-- that we do not know has no cause and is left out. A warning only: codes and causes of one leg may come from
-- different senders, who need not agree.
with from_codes as (

    select
        code_day.operating_date,
        code_day.carrier,
        sum(code_day.delay_minutes) as delay_minutes
    from {{ ref('fct_delay_code_day') }} as code_day
    inner join {{ ref('dim_delay_code') }} as codes
        on code_day.scheme = codes.scheme and code_day.code = codes.code
    where {{ where_operating_dates('code_day.operating_date') }}
    group by code_day.operating_date, code_day.carrier

),

from_legs as (

    select
        operating_date,
        carrier,
        sum(
            carrier_delay_minutes
            + weather_delay_minutes
            + nas_delay_minutes
            + security_delay_minutes
            + late_aircraft_delay_minutes
        ) as delay_minutes
    from {{ ref('fct_leg') }}
    where
        delay_codes is not null
        and {{ where_operating_dates() }}
    group by operating_date, carrier

)

select
    coalesce(from_codes.operating_date, from_legs.operating_date) as operating_date,
    coalesce(from_codes.carrier, from_legs.carrier) as carrier,
    from_codes.delay_minutes as minutes_by_code,
    from_legs.delay_minutes as minutes_on_legs
from from_codes
full outer join from_legs
    on from_codes.operating_date = from_legs.operating_date and from_codes.carrier = from_legs.carrier
where coalesce(from_codes.delay_minutes, 0) <> coalesce(from_legs.delay_minutes, 0)
