select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    code as cause,
    count(*) as delayed_legs,
    cast(sum(delay_minutes) as bigint) as delay_minutes
from {{ ref('fct_leg_delay') }}
where scheme = 'BTS' and {{ where_operating_dates() }}
group by operating_date, carrier, origin, destination, route, code
