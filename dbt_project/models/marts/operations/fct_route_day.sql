select
    operating_date,
    origin,
    destination,
    route,
    {{ leg_sums() }}
from {{ ref('fct_leg') }}
where {{ where_operating_dates() }}
group by operating_date, origin, destination, route
