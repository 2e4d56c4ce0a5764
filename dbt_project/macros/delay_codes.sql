{#
    AHM 730 delay codes as messages and files carry them: up to four parts 'code:minutes' between semicolons,
    `93:30;41:15`. A part in any other form says nothing and is passed over. What a code means is data:
    seeds/reference/delay_codes.csv.
#}

{% macro delay_code(column, place) -%}
    {#- The code in one of the four places, null where there is none. -#}
    {%- set part = "split_part(" ~ column ~ ", ';', " ~ place ~ ")" -%}
    case when {{ is_delay_code(part) }} then substring({{ part }}, 1, 2) end
{%- endmacro %}


{% macro delay_code_minutes(column, place) -%}
    {#- Its minutes. -#}
    {%- set part = "split_part(" ~ column ~ ", ';', " ~ place ~ ")" -%}
    case when {{ is_delay_code(part) }} then cast(substring({{ part }}, 4, 4) as integer) end
{%- endmacro %}


{% macro is_delay_code(part) -%}
    {#- Seven characters at most, so that the minutes are a number in any engine; never 0. -#}
    {{ part }} ~ '^[0-9][0-9]:0*[1-9][0-9]*$' and length({{ part }}) <= 7
{%- endmacro %}


{% macro any_delay_code() -%}
    {#- Whether any place of a row holds a code, over code_1 to code_4. -#}
    coalesce({% for place in range(1, 5) %}code_{{ place }}{{ ', ' if not loop.last }}{% endfor %}) is not null
{%- endmacro %}


{% macro cause_minutes(cause) -%}
    {#- A BTS cause's share of minutes_1 to minutes_4, whose codes have the causes cause_1 to cause_4. -#}
    case
        when {{ any_delay_code() }}
            then
                {%- for place in range(1, 5) %}
                {{ '+ ' if not loop.first }}case when cause_{{ place }} = '{{ cause }}' then minutes_{{ place }} else 0 end
                {%- endfor %}
    end
{%- endmacro %}


{% macro minutes_by_cause() -%}
    {{ return(
        ['carrier_delay_minutes', 'weather_delay_minutes', 'nas_delay_minutes', 'security_delay_minutes',
         'late_aircraft_delay_minutes']) }}
{%- endmacro %}


{% macro causes_of_codes() -%}
    {#- Field of a leg fact → its expression where causes may follow from codes; causes that were sent stand. -#}
    {%- set said = {'delay_codes': 'case when ' ~ any_delay_code() ~ ' then delay_codes end'} -%}
    {%- for field in minutes_by_cause() -%}
        {%- set coded = cause_minutes(field | replace('_delay_minutes', '')) -%}
        {%- do said.update({field: 'case when has_causes then ' ~ field ~ ' else ' ~ coded ~ ' end'}) -%}
    {%- endfor -%}
    {{ return(said) }}
{%- endmacro %}


{% macro answers_of_legs(blamed) -%}
    {#- Who answers for the delay of a leg, over minutes with is_imputable and by_code: codes where there are any, else
        causes, and the side with most minutes. Legs without an answer have no row. -#}
    select
        operating_date,
        leg_uid,
        2 * sum(case when is_imputable then minutes else 0 end) >= sum(minutes) as is_imputable
    from (
        select
            *,
            max(by_code) over (partition by operating_date, leg_uid) as best
        from {{ blamed }}
        where is_imputable is not null
    ) as answered
    where by_code = best
    group by operating_date, leg_uid
{%- endmacro %}


{% macro is_answered_for(meaning) -%}
    {#- An inherited delay takes the answer of its root cause; no list of causes names that, so the airline answers. -#}
    coalesce({{ meaning }}.is_imputable, case when {{ meaning }}.is_inherited then true end)
{%- endmacro %}
