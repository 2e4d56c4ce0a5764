with spanish as (

    select * from {{ ref('airport_names') }}

),

validities as (

    select
        *,
        row_number() over (
            partition by iata
            order by coalesce(valid_from, cast('0001-01-01' as date)) desc
        ) as recency
    from {{ ref('airports') }}

)

select
    cast(validities.iata as varchar) as iata,
    cast(validities.icao as varchar) as icao,
    cast(validities.name as varchar) as name,
    cast(validities.municipality as varchar) as municipality,
    cast(validities.country as varchar) as country,
    cast(validities.latitude as double precision) as latitude,
    cast(validities.longitude as double precision) as longitude,
    cast(validities.zone as varchar) as zone,
    cast(validities.zone_source as varchar) as zone_source,
    cast(validities.valid_from as date) as valid_from,
    cast(validities.valid_to as date) as valid_to,
    cast(coalesce(spanish.name_es, validities.name) as varchar) as name_es,
    cast(coalesce(spanish.municipality_es, validities.municipality) as varchar) as municipality_es
from validities
left join spanish on validities.iata = spanish.iata
where validities.recency = 1
