{#
    Each event once: the copy with the lowest received_at, so that an old fact that is sent again never
    beats its correction. The window starts with the business date, which lets an engine push a filter
    on that date below it and prune files. The relation has an alias because Redshift takes no QUALIFY without one.

    A model that is built by date has the requested dates below the window: nothing says that Redshift pushes a filter
    there, and Spectrum reads the whole history without it.
#}
{% macro first_received(relation, date_column='operating_date') -%}
    select *
    from {{ relation }} as arrived
    {%- if execute and 'operating_day' in model.config.tags %}
    where {{ where_operating_dates(date_column) }}
    {%- endif %}
    qualify
        row_number() over (
            partition by {{ date_column }}, event_id
            order by received_at, raw_ref
        ) = 1
{%- endmacro %}


{# The latest version of each thing that a sender counts versions of: of a row of a database, of a report about a leg. #}
{% macro latest_version(relation, columns) -%}
    select *
    from {{ relation }} as arrived
    qualify
        row_number() over (
            partition by {{ columns | join(', ') }}
            order by version desc, received_at desc, event_id desc
        ) = 1
{%- endmacro %}


{#
    The last row of each leg and attempt: a row of a file is a whole statement about a leg, and what it leaves empty did
    not happen. A leg that two files tell otherwise is that of one row, never a mixture of both.
#}
{% macro last_rows_of_legs(relation) -%}
    {{ latest_version(relation, ['operating_date', 'leg_uid', 'attempt']) }}
{%- endmacro %}
