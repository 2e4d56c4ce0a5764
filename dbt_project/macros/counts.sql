{# What can be added up, never null. #}

{% macro count_legs(condition) -%}
    cast(coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as bigint)
{%- endmacro %}


{% macro sum_whole(expression) -%}
    cast(coalesce(sum({{ expression }}), 0) as bigint)
{%- endmacro %}


{# What cannot: of the rows of one group and of no other. #}

{% macro mean(expression) -%}
    cast(sum({{ expression }}) as double precision) / nullif(count({{ expression }}), 0)
{%- endmacro %}


{% macro percentile(column, percent) -%}
    cast(percentile_cont({{ percent / 100 }}) within group (order by {{ column }}) as double precision)
{%- endmacro %}
