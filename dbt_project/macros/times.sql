{# Times: whole minutes, truncated toward minus infinity, and the fixed-width text of a time. #}

{% macro minutes_between(earlier, later, type='integer') -%}
    {#- Between times that nobody judged yet there may be more minutes than an integer holds: then say bigint. -#}
    {{ return(adapter.dispatch('minutes_between')(earlier, later, type)) }}
{%- endmacro %}

{# Counting boundaries (date_diff in minutes) would call 14:59 late "15": elapsed microseconds, then floor. #}
{% macro default__minutes_between(earlier, later, type) -%}
    cast(floor((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 60000000.0) as {{ type }})
{%- endmacro %}

{% macro redshift__minutes_between(earlier, later, type) -%}
    cast(floor(datediff(microsecond, {{ earlier }}, {{ later }}) / 60000000.0) as {{ type }})
{%- endmacro %}


{% macro timestamp_text(column) -%}
    {{ return(adapter.dispatch('timestamp_text')(column)) }}
{%- endmacro %}

{# 26 characters that sort as the time does: 2015-01-01 13:34:00.000000 #}
{% macro default__timestamp_text(column) -%}
    strftime({{ column }}, '%Y-%m-%d %H:%M:%S.%f')
{%- endmacro %}

{% macro redshift__timestamp_text(column) -%}
    to_char({{ column }}, 'YYYY-MM-DD HH24:MI:SS.US')
{%- endmacro %}


{# The hour on a clock that is so many minutes off UTC; offsets lie between -12 and +14 hours. #}
{% macro local_hour(at, offset_minutes) -%}
    cast(floor(mod(
        cast(extract(hour from {{ at }}) as integer) * 60
        + cast(extract(minute from {{ at }}) as integer)
        + {{ offset_minutes }} + 1440, 1440
    ) / 60.0) as integer)
{%- endmacro %}
