select
    operating_date,
    carrier,
    flight_number,
    {{ route_of_leg() }},
    {{ leg_sums() }}
from {{ ref('fct_leg') }}
where {{ where_operating_dates() }}
group by operating_date, carrier, flight_number, origin, destination, route
