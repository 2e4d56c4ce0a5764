{{ config(meta={'dagster': {'ref': {'name': 'dim_aircraft'}}}) }}
-- Counted from every version that an extract saw: a tail lost among its versions would show here.
with seen as (

    select distinct tail from {{ source('opsdb', 'aircraft') }}

)

select coalesce(seen.tail, dim_aircraft.tail) as tail
from seen
full outer join {{ ref('dim_aircraft') }} as dim_aircraft on seen.tail = dim_aircraft.tail
where seen.tail is null or dim_aircraft.tail is null
