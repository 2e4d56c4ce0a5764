-- What counts of the costs of legs, by the route of their leg: plan and invoice together are what is known.
with costs as (

    select
        operating_date,
        leg_uid,
        cost_line,
        basis,
        driver,
        quantity,
        amount_usd,
        data_label
    from {{ ref('int_cost') }}
    where fate = 'counted' and {{ where_operating_dates() }}

),

routed as (

    select
        costs.operating_date,
        costs.leg_uid,
        {{ route_or_unknown('int_leg') }},
        costs.cost_line,
        costs.basis,
        costs.driver,
        costs.quantity,
        costs.amount_usd,
        costs.data_label
    from costs
    left join {{ ref('int_leg') }} as int_leg
        on
            costs.operating_date = int_leg.operating_date
            and costs.leg_uid = int_leg.leg_uid
            and {{ where_operating_dates('int_leg.operating_date') }}

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    cost_line,
    basis,
    driver,
    -- several invoices of one line are one leg; of a leg that nobody knows each row is taken for one
    count(distinct leg_uid) + count(case when leg_uid is null then 1 end) as legs,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    {{ sum_usd('amount_usd') }} as amount_usd,
    max(data_label) as data_label
from routed
group by operating_date, carrier, origin, destination, route, cost_line, basis, driver
