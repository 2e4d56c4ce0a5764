{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_route_day_cost'}}}) }}
-- A leg may come later than its costs; one that never comes is a wrong identity.
select
    operating_date,
    cost_line,
    legs,
    amount_usd
from {{ ref('fct_route_day_cost') }}
where route = 'unknown' and {{ where_operating_dates() }}
