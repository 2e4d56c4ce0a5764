-- What counts of the costs of legs, by the route of their leg: plan and invoice together are what is known.
select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    cost_line,
    basis,
    driver,
    -- several invoices of one line are one leg; of a leg that nobody knows each entry is taken for one
    cast(
        count(distinct case when leg_uid <> 'unknown' then leg_uid end)
        + coalesce(sum(case when leg_uid = 'unknown' then entries end), 0) as bigint
    ) as legs,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    {{ sum_usd('amount_usd') }} as amount_usd,
    max(data_label) as data_label
from {{ ref('fct_leg_cost') }}
where {{ where_operating_dates() }}
group by operating_date, carrier, origin, destination, route, cost_line, basis, driver
