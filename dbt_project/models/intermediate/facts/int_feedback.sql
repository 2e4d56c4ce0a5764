-- What wins is what the leg merge would take: the highest version, then the copy that came last, then the id.
with latest as (

    {{ latest_version(ref('stg_customer__feedback'), ['operating_date', 'response_id']) }}

)

select
    response_id,
    leg_uid,
    operating_date,
    cabin,
    recommendation,
    satisfaction,
    data_label
from latest
