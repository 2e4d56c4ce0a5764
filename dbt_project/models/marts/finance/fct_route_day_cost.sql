-- A leg has a line once, on one basis: the invoice takes the place of the plan. Both together are what is known.
with costs as (

    select
        operating_date,
        leg_uid,
        cost_line,
        basis,
        driver,
        -- as exact as the database has it: a sum of decimals is the same in any order
        cast(quantity as decimal(18, 3)) as quantity,
        amount_usd,
        data_label
    from {{ ref('stg_opsdb__leg_costs') }}
    where deleted_at is null and {{ where_operating_dates() }}

),

routed as (

    select
        costs.operating_date,
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
    count(*) as legs,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    {{ sum_usd('amount_usd') }} as amount_usd,
    max(data_label) as data_label
from routed
group by operating_date, carrier, origin, destination, route, cost_line, basis, driver
