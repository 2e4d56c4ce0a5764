{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_route_day_ticket'}}}) }}
-- A leg may come later than its coupons; one that never comes is a wrong identity.
select
    operating_date,
    coupon_status,
    coupons,
    revenue_usd
from {{ ref('fct_route_day_ticket') }}
where route = 'unknown' and {{ where_operating_dates() }}
