{#
    Which times of a merged leg can be believed, as aero_streaming/merge/leg_times.py defines it: rules over pairs of times, in
    rounds. A rule of a round sees what no earlier round doubted. Rules are the variable time_rules.
#}

{% macro believed_times(relation) -%}
    {#- CTEs that end in `believed`: the relation, its time_problem, and believed_<time>, null where unknown or doubtful.

        The relation has the columns of int_leg and the flag as_planned. -#}
    {%- set rules = var('time_rules') -%}
    {%- set last = rules | map(attribute='round') | max -%}
    round_0 as (

        select
            *,
            std_at as std_0,
            sta_at as sta_0,
            case when last_out_at is null or out_at <> last_out_at then out_at end as first_out_0,
            last_out_at as out_0,
            off_at as off_0,
            on_at as on_0,
            in_at as in_0,
            estimated_out_at as estimated_out_0,
            estimated_in_at as estimated_in_0
        from {{ relation }}

    ),

    {% for number in range(1, last + 1) %}
    {%- set of_round = rules | selectattr('round', 'equalto', number) | list -%}
    broken_{{ number }} as (

        select
            *
            {%- for rule in of_round %},
            {{ breaks_time_rule(rule) }} as {{ rule['code'] }}
            {%- endfor %}
        from round_{{ number - 1 }}

    ),

    round_{{ number }} as (

        select
            *
            {%- for time in var('time_names') %}
            {%- set doubts = [] -%}
            {%- for rule in of_round if time in rule['doubts'] %}{% do doubts.append(rule['code']) %}{% endfor -%},
            {% if doubts %}case when not ({{ doubts | join(' or ') }}) then {{ time }}_{{ number - 1 }} end
            {%- else %}{{ time }}_{{ number - 1 }}
            {%- endif %} as {{ time }}_{{ number }}
            {%- endfor %}
        from broken_{{ number }}

    ),

    {% endfor -%}
    believed as (

        select
            *,
            nullif(rtrim(
                {%- for rule in rules %}
                {{ '|| ' if not loop.first }}case when {{ rule['code'] }} then '{{ rule['code'] }} ' else '' end
                {%- endfor %}
            ), '') as time_problem,
            case when out_at = last_out_at then out_{{ last }} else first_out_{{ last }} end as believed_departure
            {%- for time in var('time_names') %},
            {{ time }}_{{ last }} as believed_{{ time }}
            {%- endfor %}
        from round_{{ last }}

    )
{%- endmacro %}


{% macro breaks_time_rule(rule) -%}
    {%- set before = rule['round'] - 1 -%}
    {%- set minutes = minutes_between(rule['earlier'] ~ '_' ~ before, rule['later'] ~ '_' ~ before, 'bigint') -%}
    {%- set found = [] -%}
    {%- if 'least' in rule %}{% do found.append(minutes ~ ' < ' ~ rule['least']) %}{% endif -%}
    {%- if 'most' in rule %}{% do found.append(minutes ~ ' > ' ~ rule['most']) %}{% endif -%}
    {%- if 'most_mph' in rule -%}
        {%- do found.append(
            minutes ~ ' > 0 and cast(distance_miles as bigint) * 60 > ' ~ rule['most_mph'] ~ ' * ' ~ minutes) -%}
    {%- endif -%}
    coalesce({{ 'as_planned and ' if rule.get('only_as_planned') }}({{ found | join(' or ') }}), false)
{%- endmacro %}
