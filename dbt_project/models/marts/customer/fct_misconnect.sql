select
    operating_date,
    airport,
    {%- for name in [
        'connections', 'connecting_passengers', 'judged_passengers', 'not_flown_passengers', 'unknown_passengers',
        'missed_connections', 'missed_passengers', 'contradicted_passengers'
    ] %}
    cast(sum({{ name }}) as bigint) as {{ name }},
    {%- endfor %}
    max(data_label) as data_label
from {{ ref('fct_leg_connection') }}
where {{ where_operating_dates() }}
group by operating_date, airport
