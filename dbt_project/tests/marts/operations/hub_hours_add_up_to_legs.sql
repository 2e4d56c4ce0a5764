{{ config(meta={'dagster': {'ref': {'name': 'fct_hub_hour'}}}) }}
-- Departures and arrivals of each hub counted from the legs at once, hours apart nowhere.
with from_sums as (

    select
        operating_date,
        hub,
        sum(scheduled_departures) as scheduled_departures,
        sum(cancelled_departures) as cancelled_departures,
        sum(departed_legs) as departed_legs,
        sum(departure_delay_minutes) as departure_delay_minutes,
        sum(scheduled_arrivals) as scheduled_arrivals,
        sum(cancelled_arrivals) as cancelled_arrivals,
        sum(diverted_arrivals) as diverted_arrivals,
        sum(arrived_legs) as arrived_legs,
        sum(arrival_delay_minutes) as arrival_delay_minutes
    from {{ ref('fct_hub_hour') }}
    where {{ where_operating_dates() }}
    group by operating_date, hub

),

hub_legs as (

    select
        legs.*,
        hubs.airport as hub,
        case when legs.origin = hubs.airport then 1 else 0 end as leaves,
        case when legs.destination = hubs.airport then 1 else 0 end as comes
    from {{ ref('fct_leg') }} as legs
    inner join {{ ref('hubs') }} as hubs on legs.origin = hubs.airport or legs.destination = hubs.airport
    where {{ where_operating_dates('legs.operating_date') }}

),

from_legs as (

    select
        operating_date,
        hub,
        sum(leaves) as scheduled_departures,
        sum(case when is_cancelled then leaves else 0 end) as cancelled_departures,
        sum(case when departure_delay_minutes is not null then leaves else 0 end) as departed_legs,
        sum(leaves * coalesce(greatest(departure_delay_minutes, 0), 0)) as departure_delay_minutes,
        sum(comes) as scheduled_arrivals,
        sum(case when is_cancelled then comes else 0 end) as cancelled_arrivals,
        sum(case when is_diverted then comes else 0 end) as diverted_arrivals,
        sum(case when arrival_delay_minutes is not null then comes else 0 end) as arrived_legs,
        sum(comes * coalesce(greatest(arrival_delay_minutes, 0), 0)) as arrival_delay_minutes
    from hub_legs
    group by operating_date, hub

)

{{ sums_that_differ('from_sums', 'from_legs', [
    'scheduled_departures', 'cancelled_departures', 'departed_legs', 'departure_delay_minutes', 'scheduled_arrivals',
    'cancelled_arrivals', 'diverted_arrivals', 'arrived_legs', 'arrival_delay_minutes'
], by=['operating_date', 'hub']) }}
