-- Coupons of the database by the days between their issue and the flight. Tables of finance do not tell the issue.
with coupons as (

    select
        operating_date,
        leg_uid,
        cast(operating_date - cast(issued_at as date) as integer) as days_ahead,
        status,
        coalesce(seats, 1) as seats,
        fare_usd,
        ancillary_usd,
        data_label
    from {{ ref('stg_opsdb__tickets') }}
    where deleted_at is null and {{ where_operating_dates() }}

),

routed as (

    select
        coupons.operating_date,
        {{ route_or_unknown('int_leg') }},
        cast(coalesce(buckets.days_to_departure, -1) as integer) as days_to_departure,
        coupons.status,
        coupons.seats,
        coupons.fare_usd,
        coupons.ancillary_usd,
        coupons.data_label
    from coupons
    left join {{ ref('int_leg') }} as int_leg
        on
            coupons.operating_date = int_leg.operating_date
            and coupons.leg_uid = int_leg.leg_uid
            and {{ where_operating_dates('int_leg.operating_date') }}
    left join {{ ref('booking_buckets') }} as buckets
        on
            coupons.days_ahead is not null
            and (buckets.from_days is null or coupons.days_ahead >= buckets.from_days)
            and (buckets.below_days is null or coupons.days_ahead < buckets.below_days)

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    days_to_departure,
    {{ sum_whole('seats') }} as sold_seats,

    -- what became of them; the rest is open or flown
    {{ sum_whole("case when status = 'refunded' then seats end") }} as refunded_seats,
    {{ sum_whole("case when status = 'exchanged' then seats end") }} as exchanged_seats,
    {{ sum_whole("case when status in ('open', 'flown') then seats end") }} as kept_seats,
    {{ sum_usd("case when status in ('open', 'flown') then fare_usd end") }} as kept_fare_usd,
    {{ sum_usd("case when status in ('open', 'flown') then fare_usd + ancillary_usd end") }} as kept_revenue_usd,
    max(data_label) as data_label
from routed
group by operating_date, carrier, origin, destination, route, days_to_departure
