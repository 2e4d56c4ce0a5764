{# Routes of legs in marts by route: a leg whose destination nobody said is under `unknown`, or totals would not add up. #}

{% macro route_of_leg(leg=none) -%}
    {%- set prefix = leg ~ '.' if leg else '' -%}
    {{ prefix }}origin,
    cast(coalesce({{ prefix }}destination, 'unknown') as varchar) as destination,
    cast(coalesce({{ prefix }}route, 'unknown') as varchar) as route
{%- endmacro %}


{% macro exceptional_days_of_routes(days) -%}
    {#- Days of routes that no baseline may hold; an event of the network has no airport. -#}
    select distinct
        {{ days }}.operating_date,
        {{ days }}.origin,
        {{ days }}.destination
    from {{ days }}
    inner join {{ ref('dim_exceptional_day') }} as events on {{ days }}.operating_date = events.date_day
    where
        events.leave_out
        and (events.scope = 'network' or events.airport in ({{ days }}.origin, {{ days }}.destination))
{%- endmacro %}
