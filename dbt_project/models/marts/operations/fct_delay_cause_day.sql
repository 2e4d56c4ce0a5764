{%- set causes = ['carrier', 'weather', 'nas', 'security', 'late_aircraft'] -%}

with causes as (
    {% for cause in causes %}
    select
        operating_date,
        carrier,
        {{ route_of_leg() }},
        '{{ cause }}' as cause,
        {{ cause }}_delay_minutes as delay_minutes
    from {{ ref('fct_leg') }}
    where
        {{ cause }}_delay_minutes > 0
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
    cast(cause as varchar) as cause,
    count(*) as delayed_legs,
    cast(sum(delay_minutes) as bigint) as delay_minutes
from causes
group by operating_date, carrier, origin, destination, route, cause
