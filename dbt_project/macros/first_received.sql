{#
    Each event once: the copy with the lowest received_at, so that an old fact that is sent again never
    beats its correction. The window starts with the business date, which lets an engine push a filter
    on that date below it and prune files.
#}
{% macro first_received(relation, date_column='operating_date') -%}
    select *
    from {{ relation }}
    qualify
        row_number() over (
            partition by {{ date_column }}, event_id
            order by received_at, raw_ref
        ) = 1
{%- endmacro %}
