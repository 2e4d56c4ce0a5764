{# Money of legs: sums to the cent, under the route of the merged leg. #}

{% macro sum_usd(expression) -%}
    cast(coalesce(sum({{ expression }}), 0) as decimal(18, 2))
{%- endmacro %}


{% macro known_usd(expression, known) -%}
    {#- As sum_usd, and empty where no row of the group is known. -#}
    cast(case when count({{ known }}) > 0 then coalesce(sum({{ expression }}), 0) end as decimal(18, 2))
{%- endmacro %}


{% macro cents(figure) -%}
    {#-
        A figure in floats, never negative, as an amount: half a cent goes upwards. A cast of such a tie goes up on one
        engine and down on another.
    -#}
    cast(cast(floor(({{ figure }}) * 100 + 0.5) as decimal(18, 0)) * 0.01 as decimal(18, 2))
{%- endmacro %}


{% macro route_or_unknown(leg) -%}
    {#- Carrier and route of a leg that was joined. Nobody may know it yet: its money stays, or totals would not add up. -#}
    cast(coalesce({{ leg }}.carrier, 'unknown') as varchar) as carrier,
    cast(coalesce({{ leg }}.origin, 'unknown') as varchar) as origin,
    cast(coalesce({{ leg }}.destination, 'unknown') as varchar) as destination,
    cast(coalesce({{ leg }}.origin || '-' || {{ leg }}.destination, 'unknown') as varchar) as route
{%- endmacro %}
