{#
    What was said last of each thing: a publisher that restates a figure in another file says no version, so the row
    that arrived later stands. The columns are the identity of a row as its publisher means it, date first.
#}
{% macro last_word(relation, columns) -%}
    select *
    from {{ relation }}
    where {{ where_operating_dates(columns[0]) }}
    qualify
        row_number() over (
            partition by {{ columns | join(', ') }}
            order by received_at desc, raw_ref desc, event_id desc
        ) = 1
{%- endmacro %}


{# Of a T-100 segment: what tells two rows of one file apart. #}
{% macro t100_identity() -%}
    {{ return([
        'month_start_on', 'carrier', 'carrier_entity', 'reporting_region', 'origin', 'destination',
        'aircraft_type_code', 'aircraft_configuration', 'service_class'
    ]) }}
{%- endmacro %}
