{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leg'}}}) }}
-- Codes are about the first departure, and senders may round each by a minute: two are let pass. A warning only:
-- when another source corrects OUT, the codes stay what they were until they are recoded.
select
    leg_uid,
    departure_delay_minutes,
    delay_codes
from {{ ref('fct_leg') }}
where
    {{ where_operating_dates() }}
    and delay_codes is not null
    and (attempts = 1 or '{{ var('departure_policy') }}' = 'first_out')
    and (
        departure_delay_minutes is null
        or abs(
            departure_delay_minutes
            {%- for place in range(1, 5) %}
            - coalesce({{ delay_code_minutes('delay_codes', place) }}, 0)
            {%- endfor %}
        ) > 2
    )
