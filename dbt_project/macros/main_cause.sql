{#
    The main cause of a leg's delay among the BTS causes: the one with the most minutes; of equal ones the first in this
    order. The letter of a cancellation names its cause. `none` where nobody coded one.
#}
{% macro main_cause(leg) -%}
    {%- set minutes = [] -%}
    {%- for field in minutes_by_cause() %}{% do minutes.append('coalesce(' ~ leg ~ '.' ~ field ~ ', 0)') %}{% endfor -%}
    cast(case
        {%- for letter, cause in [('A', 'carrier'), ('B', 'weather'), ('C', 'nas'), ('D', 'security')] %}
        when {{ leg }}.cancellation_code = '{{ letter }}' then '{{ cause }}'
        {%- endfor %}
        when greatest({{ minutes | join(', ') }}) = 0 then 'none'
        {%- for field in minutes_by_cause() %}
        when {{ minutes[loop.index0] }} = greatest({{ minutes | join(', ') }})
            then '{{ field | replace('_delay_minutes', '') }}'
        {%- endfor %}
    end as varchar)
{%- endmacro %}
