{# Routes of legs in marts by route: a leg whose destination nobody said is under `unknown`, or totals would not add up. #}

{% macro route_of_leg(leg=none) -%}
    {%- set prefix = leg ~ '.' if leg else '' -%}
    {{ prefix }}origin,
    cast(coalesce({{ prefix }}destination, 'unknown') as varchar) as destination,
    cast(coalesce({{ prefix }}route, 'unknown') as varchar) as route
{%- endmacro %}
