-- The margin ladder of domain.md §1.5. A line that is an invoice entered twice belongs to the step of its line.
with money as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        'revenue' as step,
        flown_revenue_usd as amount_usd,
        0 as actual_usd,
        data_label
    from {{ ref('fct_route_day_ticket') }}
    where {{ where_operating_dates() }}

    union all

    select
        route_costs.operating_date,
        route_costs.carrier,
        route_costs.origin,
        route_costs.destination,
        route_costs.route,
        cost_lines.margin_step as step,
        route_costs.amount_usd,
        case when route_costs.basis = 'actual' then route_costs.amount_usd else 0 end as actual_usd,
        route_costs.data_label
    from {{ ref('fct_route_day_cost') }} as route_costs
    inner join {{ ref('cost_lines') }} as cost_lines
        on replace(route_costs.cost_line, '_again', '') = cost_lines.cost_line
    where {{ where_operating_dates('route_costs.operating_date') }}

),

-- A step is empty where no cost at all is known, and 0 where other costs are.
summed as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        cast(sum(case when step = 'revenue' then amount_usd end) as decimal(18, 2)) as revenue_usd,
        {% for cost_step in ['passenger_variable', 'flight_variable', 'capacity', 'overhead'] %}
        cast(
            sum(case when step = '{{ cost_step }}' then amount_usd when step <> 'revenue' then 0 end)
            as decimal(18, 2)
        ) as {{ cost_step }}_usd,
        {% endfor %}
        cast(sum(case when step <> 'revenue' then amount_usd end) as decimal(18, 2)) as cost_usd,
        cast(sum(case when step <> 'revenue' then actual_usd end) as decimal(18, 2)) as actual_cost_usd,
        max(data_label) as data_label
    from money
    group by operating_date, carrier, origin, destination, route

),

flown as (

    select
        operating_date,
        carrier,
        route,
        count(*) as operated_legs,
        cast(sum(seat_km) as decimal(18, 6)) as seat_km,
        max(data_label) as data_label
    from {{ ref('fct_leg') }}
    where is_operated and {{ where_operating_dates() }}
    group by operating_date, carrier, route

)

select
    summed.operating_date,
    summed.carrier,
    summed.origin,
    summed.destination,
    summed.route,
    coalesce(flown.operated_legs, 0) as operated_legs,
    flown.seat_km,

    -- what was earned and what it cost; empty where nobody told
    summed.revenue_usd,
    summed.passenger_variable_usd,
    summed.flight_variable_usd,
    summed.capacity_usd,
    summed.overhead_usd,
    summed.cost_usd,
    summed.actual_cost_usd,

    -- the ladder; empty where either side is
    cast(summed.revenue_usd - summed.passenger_variable_usd as decimal(18, 2)) as cm1_usd,
    cast(
        summed.revenue_usd - summed.passenger_variable_usd - summed.flight_variable_usd as decimal(18, 2)
    ) as cm2_usd,
    cast(
        summed.revenue_usd - summed.passenger_variable_usd - summed.flight_variable_usd - summed.capacity_usd
        as decimal(18, 2)
    ) as cm3_usd,
    cast(summed.revenue_usd - summed.cost_usd as decimal(18, 2)) as fully_allocated_usd,
    coalesce(summed.data_label, flown.data_label) as data_label
from summed
left join flown
    on
        summed.operating_date = flown.operating_date
        and summed.carrier = flown.carrier
        and summed.route = flown.route
