{# Schedules: identity of the legs of their files, services that passengers book, and the version that stood at a time. #}

{% macro leg_uid() -%}
    {#- Of a file that has the parts of the identity and not the hash: as the macro leg_uid of the typed step makes it. -#}
    substring({{ sha256_text(
        "carrier || '|' || cast(flight_number as varchar) || '|' || coalesce(operational_suffix, '') || '|' || origin"
        ~ " || '|' || cast(operating_date as varchar) || '|' || cast(leg_sequence as varchar)"
    ) }}, 1, 32)
{%- endmacro %}


{% macro sha256_text(expression) -%}
    {{ return(adapter.dispatch('sha256_text')(expression)) }}
{%- endmacro %}

{% macro default__sha256_text(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro redshift__sha256_text(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}


{% macro passenger_services() -%}
    {#- Positioning, cargo and test flights are nobody's route: PASSENGER_SERVICES of the gateway; a test compares. -#}
    'J', 'C', 'G', 'S', 'Q', 'U', 'B', 'R'
{%- endmacro %}


{% macro stood_days_before(days) -%}
    {#-
        Whether a version stood when the day that is so many days before departure ended on the clock of the origin.
        Counted from midnight UTC of the operating date; where the offset is not known, on the clock of UTC.
    -#}
    {%- set midnight = 'cast(operating_date as timestamp)' -%}
    {%- set cutoff = '-coalesce(std_utc_offset_minutes, 0) - ' ~ (days - 1) * 1440 -%}
    {{ minutes_between(midnight, 'made_at', 'bigint') }} < {{ cutoff }}
    and coalesce({{ minutes_between(midnight, 'replaced_at', 'bigint') }} >= {{ cutoff }}, true)
{%- endmacro %}
