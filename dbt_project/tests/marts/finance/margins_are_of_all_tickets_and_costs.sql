{{ config(meta={'dagster': {'ref': {'name': 'fct_route_margin'}}}) }}
-- No dollar of the tickets and of the costs is lost on the way to the ladder, and its steps are all of the costs.
with from_margins as (

    select
        operating_date,
        cast(coalesce(sum(revenue_usd), 0) as decimal(18, 2)) as revenue_usd,
        cast(coalesce(sum(cargo_revenue_usd), 0) as decimal(18, 2)) as cargo_usd,
        cast(coalesce(sum(cost_usd), 0) as decimal(18, 2)) as cost_usd,
        cast(
            coalesce(sum(passenger_variable_usd + flight_variable_usd + capacity_usd + overhead_usd), 0)
            as decimal(18, 2)
        ) as steps_usd,
        cast(coalesce(sum(beyond_revenue_usd), 0) as decimal(18, 2)) as beyond_usd,
        cast(
            coalesce(sum(network_usd - fully_allocated_usd), 0)
            + coalesce(sum(case when network_usd is null then beyond_contribution_usd end), 0) as decimal(18, 2)
        ) as contribution_usd
    from {{ ref('fct_route_margin') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}
    group by operating_date

),

money as (

    select
        operating_date,
        flown_revenue_usd as revenue_usd,
        0 as cargo_usd,
        0 as cost_usd,
        0 as beyond_usd,
        0 as contribution_usd
    from {{ ref('fct_route_day_ticket') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

    union all

    select
        operating_date,
        cargo_revenue_usd as revenue_usd,
        cargo_revenue_usd as cargo_usd,
        0 as cost_usd,
        0 as beyond_usd,
        0 as contribution_usd
    from {{ ref('int_cargo') }}
    where fate = 'counted' and {{ where_operating_dates(touches=[-1, 1]) }}

    union all

    select
        operating_date,
        0 as revenue_usd,
        0 as cargo_usd,
        amount_usd as cost_usd,
        0 as beyond_usd,
        0 as contribution_usd
    from {{ ref('fct_route_day_cost') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

    union all

    select
        operating_date,
        0 as revenue_usd,
        0 as cargo_usd,
        0 as cost_usd,
        beyond_revenue_usd as beyond_usd,
        beyond_contribution_usd as contribution_usd
    from {{ ref('fct_leg_beyond') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

),

from_money as (

    select
        operating_date,
        cast(sum(revenue_usd) as decimal(18, 2)) as revenue_usd,
        cast(sum(cargo_usd) as decimal(18, 2)) as cargo_usd,
        cast(sum(cost_usd) as decimal(18, 2)) as cost_usd,
        cast(sum(cost_usd) as decimal(18, 2)) as steps_usd,
        cast(sum(beyond_usd) as decimal(18, 2)) as beyond_usd,
        cast(sum(contribution_usd) as decimal(18, 2)) as contribution_usd
    from money
    group by operating_date

)

{{ sums_that_differ(
    'from_margins', 'from_money',
    ['revenue_usd', 'cargo_usd', 'cost_usd', 'steps_usd', 'beyond_usd', 'contribution_usd'],
    by=['operating_date']
) }}
