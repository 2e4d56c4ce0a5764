-- What wins is what the leg merge would take: the highest version, then the copy that came last, then the id. Of
-- a leg that reservations tell of, a table does not count; of tables the snapshot nearest to the departure does.
with latest as (

    {{ latest_version(ref('stg_commercial__bookings'), ['operating_date', 'leg_uid']) }}

),

streamed as (

    select *
    from latest
    where {{ where_operating_dates() }}

),

{{ of_tables(ref('stg_partner__bookings'), [
    'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'days_to_departure'
]) }},

{{ usd_of_tables() }},

together as (

    select
        leg_uid,
        operating_date,
        days_to_departure,
        booked_seats,
        booked_revenue_usd,
        data_label,
        'stream' as told_by,
        0 as turn,
        event_id,
        0 as lacks_rate
    from streamed

    union all

    select
        leg_uid,
        operating_date,
        days_to_departure,
        booked_seats,
        cast(booked_revenue * usd_per_unit as decimal(18, 2)) as booked_revenue_usd,
        data_label,
        'table' as told_by,
        1 + days_to_departure as turn,
        event_id,
        case when booked_revenue is not null and usd_per_unit is null then 1 else 0 end as lacks_rate
    from in_usd

),

placed as (

    select
        *,
        row_number() over (
            partition by operating_date, coalesce(leg_uid, event_id) order by turn, event_id
        ) as place
    from together

)

select
    leg_uid,
    operating_date,
    days_to_departure,
    booked_seats,
    booked_revenue_usd,
    told_by,
    data_label,
    {{ fate('place > 1', 'lacks_rate = 1') }}
from placed
