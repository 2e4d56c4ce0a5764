{{ config(meta={'dagster': {'ref': {'name': 'fct_carrier_route_month'}}}) }}
-- The same figures counted without routes: a segment on two routes, or on none, would show here.
with segments as (

    {{ last_word(ref('stg_partner__t100_segment'), t100_identity()) }}

),

by_route as (

    select
        month_start_on,
        carrier,
        sum(departures) as departures,
        sum(seats) as seats,
        sum(passengers) as passengers
    from {{ ref('fct_carrier_route_month') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on, carrier

),

by_segment as (

    select
        month_start_on,
        carrier,
        sum(departures) as departures,
        sum(seats) as seats,
        sum(passengers) as passengers
    from segments
    group by month_start_on, carrier

)

{{ sums_that_differ(
    'by_route', 'by_segment', ['departures', 'seats', 'passengers'], by=['month_start_on', 'carrier']
) }}
