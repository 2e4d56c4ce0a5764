select
    cast(iata as varchar) as iata,
    cast(icao as varchar) as icao,
    cast(name as varchar) as name,
    cast(country as varchar) as country,
    cast(carrier_group as varchar) as carrier_group
from {{ ref('carriers') }}
