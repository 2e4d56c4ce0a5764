-- Coupons of the database, and revenue of tables: of a leg that the database has coupons of, the table does not
-- count.
with {{ of_tables(ref('stg_partner__revenue'), [
    'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'coupon_id', 'cabin',
    'status'
]) }},

{{ usd_of_tables() }},

sold as (

    select *
    from {{ ref('stg_opsdb__tickets') }}
    where deleted_at is null and {{ where_operating_dates() }}

),

legs_sold as (

    select distinct
        operating_date,
        leg_uid
    from sold

),

together as (

    select
        operating_date,
        leg_uid,
        'database' as told_by,
        booking_hash,
        cabin,
        status as coupon_status,
        coalesce(seats, 1) as coupons,
        cast(fare_usd + ancillary_usd as decimal(18, 2)) as revenue_usd,
        fare_usd,
        ancillary_usd,
        tua_usd,
        iva_usd,
        'USD' as currency,
        cast(null as date) as rate_date,
        data_label,
        0 as known_better
    from sold

    union all

    select
        in_usd.operating_date,
        in_usd.leg_uid,
        'table' as told_by,
        cast(null as varchar) as booking_hash,
        in_usd.cabin,
        in_usd.status as coupon_status,
        in_usd.coupons,
        cast(in_usd.revenue * in_usd.usd_per_unit as decimal(18, 2)) as revenue_usd,
        cast(in_usd.fare * in_usd.usd_per_unit as decimal(18, 2)) as fare_usd,
        cast(in_usd.ancillary * in_usd.usd_per_unit as decimal(18, 2)) as ancillary_usd,
        cast(in_usd.tua * in_usd.usd_per_unit as decimal(18, 2)) as tua_usd,
        cast(in_usd.iva * in_usd.usd_per_unit as decimal(18, 2)) as iva_usd,
        in_usd.currency,
        in_usd.rate_date,
        in_usd.data_label,
        case when legs_sold.leg_uid is not null then 1 else 0 end as known_better
    from in_usd
    left join legs_sold
        on in_usd.operating_date = legs_sold.operating_date and in_usd.leg_uid = legs_sold.leg_uid

)

select
    operating_date,
    leg_uid,
    told_by,
    booking_hash,
    cabin,
    coupon_status,
    coupons,
    revenue_usd,
    fare_usd,
    ancillary_usd,
    tua_usd,
    iva_usd,
    currency,
    rate_date,
    data_label,
    {{ fate('known_better = 1', 'revenue_usd is null') }}
from together
