{{ config(meta={'dagster': {'ref': {'name': 'int_coupon'}}}) }}
-- Counted from the rows of the database: TUA, IVA or a coupon of another status within revenue would show here.
with from_coupons as (

    select
        operating_date,
        coupon_status,
        sum(revenue_usd) as revenue_usd
    from {{ ref('int_coupon') }}
    where told_by = 'database' and {{ where_operating_dates() }}
    group by operating_date, coupon_status

),

from_rows as (

    select
        operating_date,
        status as coupon_status,
        sum(fare_usd) + sum(ancillary_usd) as revenue_usd
    from {{ ref('stg_opsdb__tickets') }}
    where deleted_at is null and {{ where_operating_dates() }}
    group by operating_date, status

)

{{ sums_that_differ('from_coupons', 'from_rows', ['revenue_usd'], by=['operating_date', 'coupon_status']) }}
