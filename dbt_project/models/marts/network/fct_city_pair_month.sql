-- A workbook restates every month it holds: the rows of a month are those of its latest edition, and of no other.
with editions as (

    {{ afac_editions(ref('stg_partner__afac_sase')) }}

),

city_pairs as (

    select *
    from {{ ref('stg_partner__afac_sase') }}
    where {{ where_operating_dates('month_start_on') }}

)

select
    city_pairs.month_start_on,
    city_pairs.service,
    city_pairs.market,
    city_pairs.origin_city,
    city_pairs.origin_country,
    city_pairs.destination_city,
    city_pairs.destination_country,
    city_pairs.edition_at,
    cast(city_pairs.flights as bigint) as flights,
    cast(city_pairs.passengers as bigint) as passengers,
    city_pairs.cargo_kg
from city_pairs
inner join editions
    on
        city_pairs.month_start_on = editions.month_start_on
        and city_pairs.edition_at = editions.edition_at
        and city_pairs.figures_digest = editions.figures_digest
where editions.recency = 1
