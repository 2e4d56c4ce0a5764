{{ config(meta={'dagster': {'ref': {'name': 'int_cost'}}}) }}
-- Plan and invoice, or database and table, of the same money of a leg: only one of them counts.
with counted as (

    select
        operating_date,
        leg_uid,
        cost_line as money,
        basis || ' of the ' || told_by as origin_of_money
    from {{ ref('int_cost') }}
    where fate = 'counted' and leg_uid is not null and {{ where_operating_dates() }}

    union all

    select
        operating_date,
        leg_uid,
        'coupons' as money,
        told_by as origin_of_money
    from {{ ref('int_coupon') }}
    where fate = 'counted' and leg_uid is not null and {{ where_operating_dates() }}

)

select
    operating_date,
    leg_uid,
    money,
    min(origin_of_money) as one_origin,
    max(origin_of_money) as another_origin
from counted
group by operating_date, leg_uid, money
having min(origin_of_money) <> max(origin_of_money)
