-- A histogram that adds up: percentiles over any span are those of its legs.
with flown as (

    select
        operating_date,
        carrier,
        {{ route_of_leg() }},
        coalesce(aircraft_type, 'unknown') as aircraft_type,
        block_minutes,
        scheduled_block_minutes
    from {{ ref('fct_leg') }}
    where block_minutes is not null and {{ where_operating_dates() }}

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    cast(aircraft_type as varchar) as aircraft_type,
    block_minutes,
    count(*) as legs,
    {{ count_legs('scheduled_block_minutes is not null') }} as judged_legs,
    {{ count_legs('block_minutes <= scheduled_block_minutes') }} as fit_legs,
    {{ sum_whole('scheduled_block_minutes') }} as scheduled_block_minutes
from flown
group by operating_date, carrier, origin, destination, route, aircraft_type, block_minutes
