-- Cargo of tables of finance; no other source tells what the cargo of a leg earned.
with {{ of_tables(ref('stg_partner__cargo'), [
    'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'air_waybill'
]) }},

{{ usd_of_tables() }},

together as (

    select
        operating_date,
        leg_uid,
        air_waybill,
        cast(weight_kg as decimal(18, 3)) as weight_kg,
        currency,
        cast(cargo_revenue as decimal(18, 2)) as amount,
        rate_date,
        cast(cargo_revenue * usd_per_unit as decimal(18, 2)) as cargo_revenue_usd,
        data_label
    from in_usd

)

select
    operating_date,
    leg_uid,
    'table' as told_by,
    air_waybill,
    weight_kg,
    currency,
    amount,
    rate_date,
    cargo_revenue_usd,
    data_label,
    {{ fate('1 = 0', 'cargo_revenue_usd is null') }}
from together
