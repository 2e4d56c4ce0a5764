{{ config(meta={'dagster': {'ref': {'name': 'fct_route_day_ticket'}}}) }}
-- The same figures counted without routes: a coupon on two routes, or lost for want of one, would show here.
-- So would a tax within revenue.
with from_sums as (

    select
        operating_date,
        sum(coupons) as coupons,
        sum(fare_usd) as fare_usd,
        sum(ancillary_usd) as ancillary_usd,
        sum(revenue_usd) as revenue_usd,
        sum(flown_revenue_usd) as flown_revenue_usd,
        sum(tua_usd) as tua_usd,
        sum(iva_usd) as iva_usd
    from {{ ref('fct_route_day_ticket') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

from_rows as (

    select
        operating_date,
        sum(coupons) as coupons,
        coalesce(sum(fare_usd), 0) as fare_usd,
        coalesce(sum(ancillary_usd), 0) as ancillary_usd,
        sum(revenue_usd) as revenue_usd,
        sum(case when coupon_status = 'flown' then revenue_usd else 0 end) as flown_revenue_usd,
        coalesce(sum(tua_usd), 0) as tua_usd,
        coalesce(sum(iva_usd), 0) as iva_usd
    from {{ ref('int_coupon') }}
    where fate = 'counted' and {{ where_operating_dates() }}
    group by operating_date

)

{{ sums_that_differ('from_sums', 'from_rows', [
    'coupons', 'fare_usd', 'ancillary_usd', 'revenue_usd', 'flown_revenue_usd', 'tua_usd', 'iva_usd'
]) }}
