-- A workbook restates every month it holds: the rows of a month are those of its latest edition, and of no other.
with editions as (

    select
        *,
        rank() over (partition by month_start_on order by edition_at desc) as recency
    from {{ ref('stg_partner__afac_sase') }}
    where {{ where_operating_dates('month_start_on') }}

)

select
    month_start_on,
    service,
    market,
    origin_city,
    origin_country,
    destination_city,
    destination_country,
    edition_at,
    cast(flights as bigint) as flights,
    cast(passengers as bigint) as passengers,
    cargo_kg
from editions
where recency = 1
