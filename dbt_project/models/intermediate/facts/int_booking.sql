-- What wins is what the leg merge would take: the highest version, then the copy that came last, then the id.
with ranked as (

    select
        *,
        row_number() over (
            partition by operating_date, leg_uid
            order by version desc, received_at desc, event_id desc
        ) as place
    from {{ ref('stg_commercial__bookings') }}

)

select
    leg_uid,
    operating_date,
    days_to_departure,
    booked_seats,
    booked_revenue_usd,
    data_label
from ranked
where place = 1
