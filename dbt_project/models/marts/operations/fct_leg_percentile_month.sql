{{ config(materialized='view', bind=False, meta={'date_column': 'month_start_on'}) }}
{%- set measured = {
    'departure_delay': [50, 90], 'arrival_delay': [50, 90], 'block': [10], 'taxi_out': [20, 90], 'taxi_in': [90]
} -%}
{%- set route = 'month_start_on, carrier, origin, destination' -%}

-- A percentile is that of the legs of its row and of no other group: it is neither added up nor averaged.
with legs as (

    select
        cast(date_trunc('month', operating_date) as date) as month_start_on,
        carrier,
        {{ route_of_leg() }},
        scheduled_block_minutes,
        {% for name in measured %}
        {{ name }}_minutes,
        {% endfor %}
        data_label
    from {{ ref('fct_leg') }}

),

{% for name, shares in measured.items() %}
-- One order per query: Redshift takes no second one.
{{ name }}s as (

    select
        {{ route }},
        {%- for share in shares %}
        {{ percentile(name ~ '_minutes', share) }} as {{ name }}_p{{ share }}_minutes,
        {%- endfor %}
        count(*) as {{ name }}_legs
    from legs
    where {{ name }}_minutes is not null
    group by {{ route }}

),

{% endfor %}
months as (

    select
        {{ route }},
        max(route) as route,
        {{ mean('case when block_minutes is not null then scheduled_block_minutes end') }} as scheduled_block_mean,
        {{ mean('taxi_out_minutes') }} as taxi_out_mean,
        max(data_label) as data_label
    from legs
    group by {{ route }}

)

select
    months.month_start_on,
    months.carrier,
    months.origin,
    months.destination,
    months.route,

    -- each with its n; empty where no leg has such minutes
    {% for name, shares in measured.items() %}
    coalesce({{ name }}s.{{ name }}_legs, 0) as {{ name }}_legs,
    {% for share in shares %}
    {{ name }}s.{{ name }}_p{{ share }}_minutes,
    {% endfor %}
    {% endfor %}

    -- beyond an unimpeded flight: percentile 10 of block times, 20 of taxi-out times
    months.scheduled_block_mean - blocks.block_p10_minutes as padding_minutes,
    months.taxi_out_mean - taxi_outs.taxi_out_p20_minutes as additional_taxi_out_minutes,
    months.data_label
from months
{% for name in measured %}
left join {{ name }}s
    on
        months.month_start_on = {{ name }}s.month_start_on
        and months.carrier = {{ name }}s.carrier
        and months.origin = {{ name }}s.origin
        and months.destination = {{ name }}s.destination
{% endfor %}
