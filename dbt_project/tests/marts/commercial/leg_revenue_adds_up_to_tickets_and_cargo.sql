{{ config(meta={'dagster': {'ref': {'name': 'fct_leg_revenue'}}}) }}
-- Legs and routes hold the same revenue by status: a coupon on two legs, or lost for want of one, would show here.
with from_legs as (

    select
        operating_date,
        route,
        coalesce(sum(coupons), 0) as coupons,
        coalesce(sum(passenger_revenue_usd), 0) as flown_usd,
        coalesce(sum(passenger_revenue_usd + open_revenue_usd + refunded_revenue_usd + exchanged_revenue_usd), 0)
            as sold_usd,
        coalesce(sum(cargo_revenue_usd), 0) as cargo_usd,
        sum(revenue_usd) as revenue_usd
    from {{ ref('fct_leg_revenue') }}
    where {{ where_operating_dates() }}
    group by operating_date, route

),

parts as (

    select
        operating_date,
        route,
        coupons,
        flown_revenue_usd as flown_usd,
        revenue_usd as sold_usd,
        0 as cargo_usd
    from {{ ref('fct_route_day_ticket') }}
    where {{ where_operating_dates() }}

    union all

    select
        int_cargo.operating_date,
        coalesce(legs.route, 'unknown') as route,
        0 as coupons,
        0 as flown_usd,
        0 as sold_usd,
        int_cargo.cargo_revenue_usd as cargo_usd
    from {{ ref('int_cargo') }} as int_cargo
    left join {{ ref('fct_leg') }} as legs
        on int_cargo.operating_date = legs.operating_date and int_cargo.leg_uid = legs.leg_uid
    where int_cargo.fate = 'counted' and {{ where_operating_dates('int_cargo.operating_date') }}

),

from_parts as (

    select
        operating_date,
        route,
        coalesce(sum(coupons), 0) as coupons,
        sum(flown_usd) as flown_usd,
        sum(sold_usd) as sold_usd,
        sum(cargo_usd) as cargo_usd,
        sum(flown_usd + cargo_usd) as revenue_usd
    from parts
    group by operating_date, route

)

{{ sums_that_differ(
    'from_legs', 'from_parts', ['coupons', 'flown_usd', 'sold_usd', 'cargo_usd', 'revenue_usd'],
    by=['operating_date', 'route']
) }}
