-- Each status of coupons has columns of its own: open ones are still to be flown, refunded ones earned nothing.
with earned as (

    select
        operating_date,
        leg_uid,
        coupon_status,
        coupons,
        revenue_usd,
        fare_usd,
        ancillary_usd,
        tua_usd,
        iva_usd,
        null as cargo_revenue_usd,
        data_label
    from {{ ref('int_coupon') }}
    where fate = 'counted' and {{ where_operating_dates() }}

    union all

    select
        operating_date,
        leg_uid,
        null as coupon_status,
        null as coupons,
        null as revenue_usd,
        null as fare_usd,
        null as ancillary_usd,
        null as tua_usd,
        null as iva_usd,
        cargo_revenue_usd,
        data_label
    from {{ ref('int_cargo') }}
    where fate = 'counted' and {{ where_operating_dates() }}

),

-- Amounts of passengers are empty for a leg of which only the cargo is known, and the other way round.
summed as (

    select
        operating_date,
        cast(coalesce(leg_uid, 'unknown') as varchar) as leg_uid,
        cast(sum(coupons) as bigint) as coupons,
        cast(sum(case when coupon_status = 'flown' then coupons end) as bigint) as flown_coupons,
        cast(sum(case when coupon_status = 'refunded' then coupons end) as bigint) as refunded_coupons,
        {% for status in ['flown', 'open', 'refunded', 'exchanged'] %}
        {{ known_usd("case when coupon_status = '" ~ status ~ "' then revenue_usd end", 'coupon_status') }}
            as {{ status }}_revenue_usd,
        {% endfor %}
        {% for part in ['fare', 'ancillary', 'tua', 'iva'] %}
        {{ known_usd("case when coupon_status = 'flown' then " ~ part ~ "_usd end", 'coupon_status') }}
            as flown_{{ part }}_usd,
        {% endfor %}
        cast(sum(cargo_revenue_usd) as decimal(18, 2)) as cargo_revenue_usd,
        max(data_label) as data_label
    from earned
    group by operating_date, coalesce(leg_uid, 'unknown')

)

select
    summed.operating_date,
    summed.leg_uid,
    {{ route_or_unknown('int_leg') }},

    -- empty where no row says how many it is about
    summed.coupons,
    summed.flown_coupons,
    summed.refunded_coupons,

    -- earned by flying
    summed.flown_fare_usd,
    summed.flown_ancillary_usd,
    summed.flown_revenue_usd as passenger_revenue_usd,
    summed.cargo_revenue_usd,
    cast(
        coalesce(summed.flown_revenue_usd, 0) + coalesce(summed.cargo_revenue_usd, 0) as decimal(18, 2)
    ) as revenue_usd,

    -- not earned: still to be flown, paid back, or gone into another coupon
    summed.open_revenue_usd,
    summed.refunded_revenue_usd,
    summed.exchanged_revenue_usd,

    -- collected for others with the flown coupons
    summed.flown_tua_usd,
    summed.flown_iva_usd,
    summed.data_label
from summed
left join {{ ref('int_leg') }} as int_leg
    on
        summed.operating_date = int_leg.operating_date
        and summed.leg_uid = int_leg.leg_uid
        and {{ where_operating_dates('int_leg.operating_date') }}
