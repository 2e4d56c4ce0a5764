-- What wins is what the leg merge would take: the highest version, then the copy that came last, then the id.
with latest as (

    {{ latest_version(ref('stg_commercial__bookings'), ['operating_date', 'leg_uid']) }}

)

select
    leg_uid,
    operating_date,
    days_to_departure,
    booked_seats,
    booked_revenue_usd,
    data_label
from latest
