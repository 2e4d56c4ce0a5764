-- The margin ladder of domain.md §1.5. A line that is an invoice entered twice belongs to the step of its line.
with costs as (

    select
        route_costs.operating_date,
        route_costs.carrier,
        route_costs.origin,
        route_costs.destination,
        route_costs.route,
        route_costs.basis,
        route_costs.amount_usd,
        route_costs.data_label,
        cost_lines.margin_step
    from {{ ref('fct_route_day_cost') }} as route_costs
    inner join {{ ref('cost_lines') }} as cost_lines
        on replace(route_costs.cost_line, '_again', '') = cost_lines.cost_line
    where {{ where_operating_dates('route_costs.operating_date') }}

),

together as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        flown_revenue_usd as revenue_usd,
        cast(null as decimal(18, 2)) as passenger_variable_usd,
        cast(null as decimal(18, 2)) as flight_variable_usd,
        cast(null as decimal(18, 2)) as capacity_usd,
        cast(null as decimal(18, 2)) as overhead_usd,
        cast(null as decimal(18, 2)) as cost_usd,
        cast(null as decimal(18, 2)) as actual_cost_usd,
        cast(null as integer) as operated_legs,
        cast(null as decimal(18, 6)) as seat_km,
        data_label
    from {{ ref('fct_route_day_ticket') }}
    where {{ where_operating_dates() }}

    union all

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        null as revenue_usd,
        case when margin_step = 'passenger_variable' then amount_usd else 0 end as passenger_variable_usd,
        case when margin_step = 'flight_variable' then amount_usd else 0 end as flight_variable_usd,
        case when margin_step = 'capacity' then amount_usd else 0 end as capacity_usd,
        case when margin_step = 'overhead' then amount_usd else 0 end as overhead_usd,
        amount_usd as cost_usd,
        case when basis = 'actual' then amount_usd else 0 end as actual_cost_usd,
        null as operated_legs,
        null as seat_km,
        data_label
    from costs

    union all

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        null as revenue_usd,
        null as passenger_variable_usd,
        null as flight_variable_usd,
        null as capacity_usd,
        null as overhead_usd,
        null as cost_usd,
        null as actual_cost_usd,
        1 as operated_legs,
        seat_km,
        data_label
    from {{ ref('fct_leg') }}
    where is_operated and {{ where_operating_dates() }}

),

summed as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        cast(sum(operated_legs) as bigint) as operated_legs,
        cast(sum(seat_km) as decimal(18, 6)) as seat_km,
        cast(sum(revenue_usd) as decimal(18, 2)) as revenue_usd,
        cast(sum(passenger_variable_usd) as decimal(18, 2)) as passenger_variable_usd,
        cast(sum(flight_variable_usd) as decimal(18, 2)) as flight_variable_usd,
        cast(sum(capacity_usd) as decimal(18, 2)) as capacity_usd,
        cast(sum(overhead_usd) as decimal(18, 2)) as overhead_usd,
        cast(sum(cost_usd) as decimal(18, 2)) as cost_usd,
        cast(sum(actual_cost_usd) as decimal(18, 2)) as actual_cost_usd,
        max(data_label) as data_label
    from together
    group by operating_date, carrier, origin, destination, route
    -- routes that were flown and of which no money is known have no margin
    having count(revenue_usd) + count(cost_usd) > 0

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    coalesce(operated_legs, 0) as operated_legs,
    seat_km,

    -- what was earned and what it cost; empty where nobody told
    revenue_usd,
    passenger_variable_usd,
    flight_variable_usd,
    capacity_usd,
    overhead_usd,
    cost_usd,
    actual_cost_usd,

    -- the ladder; empty where either side is
    cast(revenue_usd - passenger_variable_usd as decimal(18, 2)) as cm1_usd,
    cast(revenue_usd - passenger_variable_usd - flight_variable_usd as decimal(18, 2)) as cm2_usd,
    cast(revenue_usd - passenger_variable_usd - flight_variable_usd - capacity_usd as decimal(18, 2)) as cm3_usd,
    cast(revenue_usd - cost_usd as decimal(18, 2)) as fully_allocated_usd,
    data_label
from summed
