{#
    What the types of leg events say by being there, over the column event_type. The vocabulary is
    aero_streaming/event_types.py; a test holds the facts made here against those that it makes.
#}

{% macro describes_leg() -%}
    {#- Whether the sender sees the plan or the aircraft; elsewhere the description travels for the reader's sake. -#}
    event_type in ('schedule', 'estimate', 'out', 'off', 'on', 'in', 'load')
{%- endmacro %}


{% macro is_return() -%}
    {#- Whether the next departure is another attempt. -#}
    event_type in ('return_to_ramp', 'air_return')
{%- endmacro %}


{% macro says_cancelled() -%}
    case
        when event_type = 'cancel' then true
        when event_type in ('reinstate', 'schedule', 'estimate') then false
    end
{%- endmacro %}


{% macro says_diverted() -%}
    case
        when event_type = 'divert' then true
        when event_type in ('schedule', 'estimate') then false
    end
{%- endmacro %}
