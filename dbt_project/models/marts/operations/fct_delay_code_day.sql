with codes as (
    {% for place in range(1, 5) %}
    select
        leg_uid,
        operating_date,
        carrier,
        {{ route_of_leg() }},
        {{ delay_code('delay_codes', place) }} as code,
        {{ delay_code_minutes('delay_codes', place) }} as delay_minutes
    from {{ ref('fct_leg') }}
    where
        {{ delay_code('delay_codes', place) }} is not null
        and {{ where_operating_dates() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    cast('AHM730' as varchar) as scheme,
    cast(code as varchar) as code,
    count(distinct leg_uid) as delayed_legs,
    cast(sum(delay_minutes) as bigint) as delay_minutes
from codes
group by operating_date, carrier, origin, destination, route, code
