{{ config(meta={'dagster': {'ref': {'name': 'fct_leg_cost'}}}) }}
-- The costs that count, before a leg or a step of the ladder was looked for: none is lost or doubled on the way.
with from_legs as (

    select
        operating_date,
        cost_line,
        basis,
        sum(entries) as entries,
        sum(amount_usd) as amount_usd
    from {{ ref('fct_leg_cost') }}
    where {{ where_operating_dates() }}
    group by operating_date, cost_line, basis

),

from_rows as (

    select
        operating_date,
        cost_line,
        basis,
        count(*) as entries,
        sum(amount_usd) as amount_usd
    from {{ ref('int_cost') }}
    where fate = 'counted' and {{ where_operating_dates() }}
    group by operating_date, cost_line, basis

)

{{ sums_that_differ(
    'from_legs', 'from_rows', ['entries', 'amount_usd'], by=['operating_date', 'cost_line', 'basis']
) }}
