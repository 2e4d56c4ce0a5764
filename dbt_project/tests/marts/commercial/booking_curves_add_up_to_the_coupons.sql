{{ config(meta={'dagster': {'ref': {'name': 'fct_booking_curve'}}}) }}
-- The same coupons counted without days and routes: one in two buckets, or in none, would show here.
with from_sums as (

    select
        operating_date,
        sum(sold_seats) as sold_seats,
        sum(kept_seats + refunded_seats + exchanged_seats) as seats_by_fate,
        sum(kept_revenue_usd) as kept_revenue_usd
    from {{ ref('fct_booking_curve') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

from_coupons as (

    select
        operating_date,
        sum(coupons) as sold_seats,
        sum(coupons) as seats_by_fate,
        coalesce(sum(case when coupon_status in ('open', 'flown') then revenue_usd end), 0) as kept_revenue_usd
    from {{ ref('int_coupon') }}
    where told_by = 'database' and fate = 'counted' and {{ where_operating_dates() }}
    group by operating_date

)

{{ sums_that_differ('from_sums', 'from_coupons', ['sold_seats', 'seats_by_fate', 'kept_revenue_usd']) }}
