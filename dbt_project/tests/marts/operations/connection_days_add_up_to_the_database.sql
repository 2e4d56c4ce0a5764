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
        sum(passengers) as passengers,
        sum(case when connection_result = 'made' then passengers else 0 end) as made_passengers,
        sum(case when connection_result = 'missed' then passengers else 0 end) as missed_passengers
    from {{ ref('stg_opsdb__connections') }}
    where deleted_at is null and {{ where_operating_dates() }}
    group by operating_date

)

select coalesce(from_sums.operating_date, from_rows.operating_date) as operating_date
from from_sums
full outer join from_rows on from_sums.operating_date = from_rows.operating_date
where
    from_sums.operating_date is null
    or from_rows.operating_date is null
    or from_sums.connections <> from_rows.connections
    or from_sums.connections_by_outcome <> from_rows.connections
    or from_sums.passengers <> from_rows.passengers
    or from_sums.made_passengers <> from_rows.made_passengers
    or from_sums.missed_passengers <> from_rows.missed_passengers
