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
        count(*) as coupons,
        sum(fare_usd) as fare_usd,
        sum(ancillary_usd) as ancillary_usd,
        sum(fare_usd) + sum(ancillary_usd) as revenue_usd,
        sum(case when status = 'flown' then fare_usd else 0 end)
        + sum(case when status = 'flown' then ancillary_usd else 0 end) as flown_revenue_usd,
        sum(tua_usd) as tua_usd,
        sum(iva_usd) as iva_usd
    from {{ ref('stg_opsdb__tickets') }}
    where deleted_at is null and {{ where_operating_dates() }}
    group by operating_date

)

select coalesce(from_sums.operating_date, from_rows.operating_date) as operating_date
from from_sums
full outer join from_rows on from_sums.operating_date = from_rows.operating_date
where
    from_sums.operating_date is null
    or from_rows.operating_date is null
    or from_sums.coupons <> from_rows.coupons
    or from_sums.fare_usd <> from_rows.fare_usd
    or from_sums.ancillary_usd <> from_rows.ancillary_usd
    or from_sums.revenue_usd <> from_rows.revenue_usd
    or from_sums.flown_revenue_usd <> from_rows.flown_revenue_usd
    or from_sums.tua_usd <> from_rows.tua_usd
    or from_sums.iva_usd <> from_rows.iva_usd
