-- A line that is an invoice entered twice belongs to the step of its line.
with costs as (

    select
        operating_date,
        cast(coalesce(leg_uid, 'unknown') as varchar) as leg_uid,
        cost_line,
        basis,
        told_by,
        driver,
        quantity,
        currency,
        amount,
        rate_date,
        amount_usd,
        data_label
    from {{ ref('int_cost') }}
    where fate = 'counted' and {{ where_operating_dates() }}

),

summed as (

    select
        operating_date,
        leg_uid,
        cost_line,
        basis,
        told_by,
        driver,
        currency,
        count(*) as entries,
        cast(sum(quantity) as decimal(18, 3)) as quantity,
        cast(sum(amount) as decimal(18, 2)) as amount,
        max(rate_date) as rate_date,
        {{ sum_usd('amount_usd') }} as amount_usd,
        max(data_label) as data_label
    from costs
    group by operating_date, leg_uid, cost_line, basis, told_by, driver, currency

)

select
    summed.operating_date,
    summed.leg_uid,
    {{ route_or_unknown('int_leg') }},
    summed.cost_line,
    cost_lines.margin_step,
    coalesce(cost_lines.is_fuel, false) as is_fuel,
    summed.basis,
    summed.told_by,
    summed.driver,
    summed.entries,
    summed.quantity,

    -- as it was told, and in dollars by the rate of that date
    summed.currency,
    summed.amount,
    summed.rate_date,
    summed.amount_usd,
    summed.data_label
from summed
left join {{ ref('cost_lines') }} as cost_lines on replace(summed.cost_line, '_again', '') = cost_lines.cost_line
left join {{ ref('int_leg') }} as int_leg
    on
        summed.operating_date = int_leg.operating_date
        and summed.leg_uid = int_leg.leg_uid
        and {{ where_operating_dates('int_leg.operating_date') }}
