select
    operating_date,
    {{ route_of_leg() }},
    {{ leg_sums() }}
from {{ ref('fct_leg') }}
where {{ where_operating_dates() }}
group by operating_date, origin, destination, route
