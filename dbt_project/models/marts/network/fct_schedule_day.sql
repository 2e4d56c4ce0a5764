{{ config(sort=['operating_date'], meta={'date_column': 'operating_date'}) }}
{%- set sums = [
    'scheduled_legs', 'added_legs', 'dropped_legs', 'judged_scheduled_legs', 'operated_scheduled_legs',
    'silent_scheduled_legs'
] %}

select
    operating_date,
    carrier,
    origin,
    destination,
    route,

    -- as known now
    cast(sum(legs) as bigint) as legs,
    cast(sum(operated_legs) as bigint) as operated_legs,

    -- against each frozen plan: empty where the carrier had none by then
    {%- for horizon in ['d1', 'd7'] %}
    {%- for name in sums %}
    cast(sum({{ name }}_{{ horizon }}) as bigint) as {{ name }}_{{ horizon }},
    {%- endfor %}
    {%- endfor %}
    max(data_label) as data_label
from {{ ref('fct_schedule_leg') }}
where {{ where_operating_dates() }}
group by operating_date, carrier, origin, destination, route
