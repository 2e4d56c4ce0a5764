with validities as (

    select
        *,
        row_number() over (
            partition by iata
            order by coalesce(valid_from, cast('0001-01-01' as date)) desc
        ) as recency
    from {{ ref('airports') }}

)

select
    cast(iata as varchar) as iata,
    cast(icao as varchar) as icao,
    cast(name as varchar) as name,
    cast(municipality as varchar) as municipality,
    cast(country as varchar) as country,
    cast(latitude as double precision) as latitude,
    cast(longitude as double precision) as longitude,
    cast(zone as varchar) as zone,
    cast(zone_source as varchar) as zone_source,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
from validities
where recency = 1
