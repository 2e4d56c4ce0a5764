-- Passengers are counted where they change and on the day of the leg that takes them on.
with connections as (

    select
        operating_date,
        airport,
        passengers,
        connection_result,
        data_label
    from {{ ref('stg_opsdb__connections') }}
    where deleted_at is null and {{ where_operating_dates() }}

)

select
    operating_date,
    airport,
    count(*) as connections,
    {{ sum_whole('passengers') }} as passengers,

    -- by what became of them
    {{ count_legs("connection_result = 'planned'") }} as planned_connections,
    {{ count_legs("connection_result = 'made'") }} as made_connections,
    {{ count_legs("connection_result = 'missed'") }} as missed_connections,
    {{ sum_whole("case when connection_result = 'made' then passengers end") }} as made_passengers,
    {{ sum_whole("case when connection_result = 'missed' then passengers end") }} as missed_passengers,
    max(data_label) as data_label
from connections
group by operating_date, airport
