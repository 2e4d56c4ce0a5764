{{ config(meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- A key of the merge has fixed widths: a fact that breaks them would win or lose by accident.
select
    event_id,
    leg_uid,
    source,
    raw_ref
from {{ ref('int_leg_fact') }}
where
    {{ where_operating_dates() }}
    and (
        leg_uid is null
        or event_id is null
        or length(event_id) <> 32
        or is_actual is null
        or received_at is null
        or version is null
        or version < 0
        or attempt is null
        or attempt < 1
        or length(destination) not between 1 and 256
        or length(tail) not between 1 and 256
        or length(aircraft_type) not between 1 and 256
        or length(data_label) not between 1 and 256
        or length(cancellation_code) not between 1 and 256
        or length(delay_codes) not between 1 and 256
        or source is null
        or source not in (
            {%- for source in var('merge_priority')['operational'] %}
            '{{ source }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
    )
