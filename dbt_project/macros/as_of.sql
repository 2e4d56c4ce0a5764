{#
    The time that figures speak of. A leg is due when its schedule has passed by then, so that a plan of days to come
    changes no ratio. The run's start unless the variable as_of says another (ISO, UTC).
#}

{% macro as_of() -%}
    {%- set at = var('as_of', none) or run_started_at.strftime('%Y-%m-%d %H:%M:%S') -%}
    cast('{{ at }}' as timestamp)
{%- endmacro %}


{% macro is_due(planned_at, reached_at, at=none) -%}
    {#- A leg without schedule is due from the day after its own on. `reached_at` is when the day's flights were last
        heard of: a day that is simulated ahead of the clock is as far as its flights are. `at` is another time than
        that of the figures. -#}
    {%- set now = at or as_of() -%}
    coalesce(
        {{ planned_at }} <= {{ now }} or {{ planned_at }} <= {{ reached_at }},
        {{ planned_at }} <= {{ now }},
        operating_date < cast({{ now }} as date)
    )
{%- endmacro %}
