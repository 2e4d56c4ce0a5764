{{ config(meta={'dagster': {'ref': {'name': 'fct_route_margin'}}}) }}
-- Each margin is the one before less one step: two margins in one column would show here.
select
    operating_date,
    carrier,
    route,
    revenue_usd,
    cm1_usd,
    cm2_usd,
    cm3_usd,
    fully_allocated_usd
from {{ ref('fct_route_margin') }}
where
    {{ where_operating_dates(touches=[-1, 1]) }}
    and (
        cm1_usd <> revenue_usd - passenger_variable_usd
        or cm2_usd <> cm1_usd - flight_variable_usd
        or cm3_usd <> cm2_usd - capacity_usd
        or fully_allocated_usd <> cm3_usd - overhead_usd
        or fully_allocated_usd <> revenue_usd - cost_usd
    )
