{{ config(meta={'dagster': {'ref': {'name': 'fct_connection_day'}}}) }}
-- The same figures counted without hubs; an outcome that is none of the three would show here.
with from_sums as (

    select
        operating_date,
        sum(connections) as connections,
        sum(planned_connections + made_connections + missed_connections) as connections_by_outcome,
        sum(passengers) as passengers,
        sum(made_passengers) as made_passengers,
        sum(missed_passengers) as missed_passengers
    from {{ ref('fct_connection_day') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

from_rows as (

    select
        operating_date,
        count(*) as connections,
        count(*) as connections_by_outcome,
        sum(passengers) as passengers,
        sum(case when connection_result = 'made' then passengers else 0 end) as made_passengers,
        sum(case when connection_result = 'missed' then passengers else 0 end) as missed_passengers
    from {{ ref('stg_opsdb__connections') }}
    where deleted_at is null and {{ where_operating_dates() }}
    group by operating_date

)

{{ sums_that_differ('from_sums', 'from_rows', [
    'connections', 'connections_by_outcome', 'passengers', 'made_passengers', 'missed_passengers'
]) }}
