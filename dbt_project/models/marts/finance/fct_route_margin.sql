{{ config(meta={'touches': [-1, 1]}) }}
-- The margin ladder of domain.md §1.5, from revenue and costs of legs. What a route brings beyond depends on legs
-- of the day before and after.
{%- set cost_steps = ['passenger_variable', 'flight_variable', 'capacity', 'overhead'] %}
with revenue as (

    select
        legs.operating_date,
        legs.carrier,
        legs.origin,
        legs.destination,
        legs.route,
        cast(sum(legs.passenger_revenue_usd) as decimal(18, 2)) as passenger_revenue_usd,
        cast(sum(legs.cargo_revenue_usd) as decimal(18, 2)) as cargo_revenue_usd,
        cast(sum(legs.revenue_usd) as decimal(18, 2)) as revenue_usd,
        -- empty of a route none of whose coupons names its booking
        cast(sum(beyond.beyond_revenue_usd) as decimal(18, 2)) as beyond_revenue_usd,
        cast(sum(beyond.beyond_contribution_usd) as decimal(18, 2)) as beyond_contribution_usd,
        max(legs.data_label) as data_label
    from {{ ref('fct_leg_revenue') }} as legs
    left join {{ ref('fct_leg_beyond') }} as beyond
        on
            legs.operating_date = beyond.operating_date
            and legs.leg_uid = beyond.leg_uid
            and {{ where_operating_dates('beyond.operating_date', touches=[-1, 1]) }}
    where {{ where_operating_dates('legs.operating_date', touches=[-1, 1]) }}
    group by legs.operating_date, legs.carrier, legs.origin, legs.destination, legs.route

),

-- Here a cost is known, so a step without one is 0.
costs as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        {% for step in cost_steps %}
        {{ sum_usd("case when margin_step = '" ~ step ~ "' then amount_usd end") }} as {{ step }}_usd,
        {% endfor %}
        {{ sum_usd('amount_usd') }} as cost_usd,
        {{ sum_usd("case when basis = 'actual' then amount_usd end") }} as actual_cost_usd,
        {{ sum_usd("case when not is_fuel then amount_usd end") }} as cost_ex_fuel_usd,
        cast(
            sum(case when driver = 'fuel_kg' and cost_line = 'fuel' then quantity end) as decimal(18, 3)
        ) as fuel_kg,
        max(data_label) as data_label
    from {{ ref('fct_leg_cost') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}
    group by operating_date, carrier, origin, destination, route

),

flown as (

    select
        operating_date,
        carrier,
        route,
        count(*) as operated_legs,
        cast(sum(block_minutes) as bigint) as block_minutes,
        cast(sum(distance_km) as decimal(18, 6)) as distance_km,
        cast(sum(seat_km) as decimal(18, 6)) as seat_km,
        cast(sum(passenger_km) as decimal(18, 6)) as passenger_km,
        max(data_label) as data_label
    from {{ ref('fct_leg') }}
    where is_operated and {{ where_operating_dates(touches=[-1, 1]) }}
    group by operating_date, carrier, route

),

money as (

    select
        coalesce(revenue.operating_date, costs.operating_date) as operating_date,
        coalesce(revenue.carrier, costs.carrier) as carrier,
        coalesce(revenue.origin, costs.origin) as origin,
        coalesce(revenue.destination, costs.destination) as destination,
        coalesce(revenue.route, costs.route) as route,
        revenue.passenger_revenue_usd,
        revenue.cargo_revenue_usd,
        revenue.revenue_usd,
        revenue.beyond_revenue_usd,
        revenue.beyond_contribution_usd,
        costs.passenger_variable_usd,
        costs.flight_variable_usd,
        costs.capacity_usd,
        costs.overhead_usd,
        costs.cost_usd,
        costs.actual_cost_usd,
        costs.cost_ex_fuel_usd,
        costs.fuel_kg,
        coalesce(revenue.data_label, costs.data_label) as data_label
    from revenue
    full outer join costs
        on
            revenue.operating_date = costs.operating_date
            and revenue.carrier = costs.carrier
            and revenue.origin = costs.origin
            and revenue.destination = costs.destination

)

select
    money.operating_date,
    money.carrier,
    money.origin,
    money.destination,
    money.route,
    coalesce(flown.operated_legs, 0) as operated_legs,
    flown.block_minutes,
    flown.distance_km,
    flown.seat_km,
    flown.passenger_km,

    -- what was earned and what it cost; empty where nobody told
    money.passenger_revenue_usd,
    money.cargo_revenue_usd,
    money.revenue_usd,
    money.passenger_variable_usd,
    money.flight_variable_usd,
    money.capacity_usd,
    money.overhead_usd,
    money.cost_usd,
    money.actual_cost_usd,
    money.cost_ex_fuel_usd,
    money.fuel_kg,

    -- the ladder; empty where revenue of passengers or costs are
    {% for name, steps in {'cm1': 1, 'cm2': 2, 'cm3': 3, 'fully_allocated': 4}.items() %}
    cast(
        case
            when money.passenger_revenue_usd is not null
                then
                    money.revenue_usd
                    {%- for step in cost_steps[:steps] %}
                    - money.{{ step }}_usd
                    {%- endfor %}

        end as decimal(18, 2)
    ) as {{ name }}_usd,
    {% endfor %}

    -- beside the ladder: what its passengers bring on other legs, and the margin with it
    money.beyond_revenue_usd,
    money.beyond_contribution_usd,
    cast(
        case
            when money.passenger_revenue_usd is not null
                then money.revenue_usd - money.cost_usd + money.beyond_contribution_usd
        end as decimal(18, 2)
    ) as network_usd,
    coalesce(money.data_label, flown.data_label) as data_label
from money
left join flown
    on
        money.operating_date = flown.operating_date
        and money.carrier = flown.carrier
        and money.route = flown.route
