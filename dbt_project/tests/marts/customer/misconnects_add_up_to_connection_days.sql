{{ config(meta={'dagster': {'ref': {'name': 'fct_misconnect'}}}) }}
-- A connection on two legs of one identity, or one lost for want of a leg, would show here.
with from_sums as (

    select
        operating_date,
        airport,
        connections,
        connecting_passengers as passengers,
        judged_passengers + not_flown_passengers + unknown_passengers as passengers_by_outcome
    from {{ ref('fct_misconnect') }}
    where {{ where_operating_dates() }}

),

from_connection_days as (

    select
        operating_date,
        airport,
        connections,
        passengers,
        passengers as passengers_by_outcome
    from {{ ref('fct_connection_day') }}
    where {{ where_operating_dates() }}

)

{{ sums_that_differ('from_sums', 'from_connection_days', [
    'connections', 'passengers', 'passengers_by_outcome'
], by=['operating_date', 'airport']) }}
