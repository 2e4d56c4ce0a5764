-- Fare and extras are the airline's, TUA and IVA are collected for others: they stand beside revenue, never in it.
with coupons as (

    select
        operating_date,
        leg_uid,
        cabin,
        coupon_status,
        coupons,
        revenue_usd,
        fare_usd,
        ancillary_usd,
        tua_usd,
        iva_usd,
        data_label
    from {{ ref('int_coupon') }}
    where fate = 'counted' and {{ where_operating_dates() }}

),

routed as (

    select
        coupons.operating_date,
        {{ route_or_unknown('int_leg') }},
        coupons.cabin,
        coupons.coupon_status,
        coupons.coupons,
        coupons.revenue_usd,
        coupons.fare_usd,
        coupons.ancillary_usd,
        coupons.tua_usd,
        coupons.iva_usd,
        coupons.data_label
    from coupons
    left join {{ ref('int_leg') }} as int_leg
        on
            coupons.operating_date = int_leg.operating_date
            and coupons.leg_uid = int_leg.leg_uid
            and {{ where_operating_dates('int_leg.operating_date') }}

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    cabin,
    coupon_status,
    -- empty where no row says how many it is about
    cast(sum(coupons) as bigint) as coupons,
    {{ sum_usd('fare_usd') }} as fare_usd,
    {{ sum_usd('ancillary_usd') }} as ancillary_usd,
    {{ sum_usd('revenue_usd') }} as revenue_usd,
    -- earned by flying; of any other status it is 0, so that a sum over all statuses stays right
    {{ sum_usd("case when coupon_status = 'flown' then revenue_usd end") }} as flown_revenue_usd,
    {{ sum_usd('tua_usd') }} as tua_usd,
    {{ sum_usd('iva_usd') }} as iva_usd,
    max(data_label) as data_label
from routed
group by operating_date, carrier, origin, destination, route, cabin, coupon_status
