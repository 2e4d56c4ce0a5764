-- What wins is what the leg merge would take: the highest version, then the copy that came last, then the id. An
-- answer that the survey's events also have does not count from a table.
with latest as (

    {{ latest_version(ref('stg_customer__feedback'), ['operating_date', 'response_id']) }}

),

streamed as (

    select *
    from latest
    where {{ where_operating_dates() }}

),

{{ of_tables(ref('stg_partner__surveys'), ['operating_date', 'response_id']) }},

together as (

    select
        response_id,
        leg_uid,
        operating_date,
        cabin,
        recommendation,
        satisfaction,
        data_label,
        'stream' as told_by,
        0 as turn
    from streamed

    union all

    select
        response_id,
        leg_uid,
        operating_date,
        cabin,
        recommendation,
        satisfaction,
        data_label,
        'table' as told_by,
        1 as turn
    from from_tables

),

placed as (

    select
        *,
        row_number() over (partition by operating_date, response_id order by turn) as place
    from together

)

select
    response_id,
    leg_uid,
    operating_date,
    cabin,
    recommendation,
    satisfaction,
    told_by,
    data_label,
    {{ fate('place > 1', '1 = 0') }}
from placed
