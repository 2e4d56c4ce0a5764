{#
    The leg merge in SQL, as aero_streaming/merge/leg_merge.py defines it: each field is the maximum of

        actual|priority|version|received_at|event_id|value
        1      2        10      26          32           characters, so the value starts at 77

    Maximum, because neither order nor repetition can change it. A null value gives a null key, and
    a null key takes no part. Fields and priorities are the variables merge_fields and merge_priority.
#}

{% macro merge_rank(field_class) -%}
    {#- Everything but the value, ending in its separator: computed once per fact and class. -#}
    case when is_actual then '1' else '0' end || '|'
    || case source
        {%- for source, priority in var('merge_priority')[field_class].items() %}
        when '{{ source }}' then '{{ '%02d' % priority }}'
        {%- endfor %}
        else '00'
    end || '|'
    || lpad(cast(version as varchar), 10, '0') || '|'
    || {{ timestamp_text('received_at') }} || '|'
    || event_id || '|'
{%- endmacro %}


{% macro merge_key(field) -%}
    {#- The winning key of a field within a group of ranked facts. -#}
    {%- set spec = var('merge_fields')[field] -%}
    max({{ spec['class'] }}_rank || {{ merge_text(field, spec['type']) }})
{%- endmacro %}


{% macro merge_text(field, type) -%}
    {%- if type == 'text' -%} {{ field }}
    {%- elif type == 'boolean' -%} case when {{ field }} then '1' when not {{ field }} then '0' end
    {%- else -%} cast({{ field }} as varchar)
    {%- endif -%}
{%- endmacro %}


{% macro merge_attempts(field) -%}
    {#- The winning key over a leg's attempts: of all, of the last, or of the one departures count. -#}
    {%- set attempt = var('merge_fields')[field]['attempt'] -%}
    {%- set policy = var('departure_policy') -%}
    {%- if policy not in ('first_out', 'last_out') -%}
        {%- do exceptions.raise_compiler_error(
            "departure_policy is '" ~ policy ~ "'; write first_out or last_out") -%}
    {%- endif -%}
    {%- if attempt == 'any' -%} max({{ field }})
    {%- elif attempt == 'departure' and policy == 'first_out' -%} max(case when attempt = 1 then {{ field }} end)
    {%- else -%} max(case when attempt = last_attempt then {{ field }} end)
    {%- endif -%}
{%- endmacro %}


{% macro merged_value(field, key=none) -%}
    {#- The value inside a key, back in its type. -#}
    {%- set type = var('merge_fields')[field]['type'] -%}
    {%- set text = 'substring(' ~ (key or field) ~ ', 77, 256)' -%}
    {%- if type == 'text' -%} {{ text }}
    {%- elif type == 'boolean' -%} {{ text }} = '1'
    {%- else -%} cast({{ text }} as {{ type }})
    {%- endif -%}
{%- endmacro %}


{% macro merged_actual(field, key=none) -%}
    {#- A time that happened; an estimate is never shown as one. -#}
    case when substring({{ key or field }}, 1, 1) = '1' then {{ merged_value(field, key) }} end
{%- endmacro %}


{% macro merged_estimate(field) -%}
    case when substring({{ field }}, 1, 1) = '0' then {{ merged_value(field) }} end
{%- endmacro %}


{% macro single_time(field, condition) -%}
    {#- The time in the only fact of a leg, where that fact's attempt counts for the field. -#}
    {%- set of_first = var('merge_fields')[field]['attempt'] == 'departure' and var('departure_policy') == 'first_out' -%}
    case when {{ condition }}{{ ' and attempt = 1' if of_first }} then {{ field }} end
{%- endmacro %}
