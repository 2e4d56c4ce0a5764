-- What wins is what the leg merge would take: the highest version, then the copy that came last, then the id.
with ranked as (

    select
        *,
        row_number() over (
            partition by operating_date, response_id
            order by version desc, received_at desc, event_id desc
        ) as place
    from {{ ref('stg_customer__feedback') }}

)

select
    response_id,
    leg_uid,
    operating_date,
    cabin,
    recommendation,
    satisfaction,
    data_label
from ranked
where place = 1
