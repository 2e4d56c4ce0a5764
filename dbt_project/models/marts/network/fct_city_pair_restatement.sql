-- Every edition of a month against the one before it; a pair that one of them lacks has no flights there.
with city_pairs as (

    select * from {{ ref('stg_partner__afac_sase') }}
    where {{ where_operating_dates('month_start_on') }}

),

ordered as (

    {{ afac_editions(ref('stg_partner__afac_sase')) }}

),

editions as (

    select
        month_start_on,
        edition_at,
        figures_digest,
        lag(figures_digest) over (partition by month_start_on order by turn) as previous_digest,
        lag(edition_at) over (partition by month_start_on order by turn) as previous_edition_at
    from ordered

),

earlier as (

    select
        city_pairs.*,
        editions.edition_at as restated_at
    from city_pairs
    inner join editions
        on
            city_pairs.month_start_on = editions.month_start_on
            and city_pairs.edition_at = editions.previous_edition_at
            and city_pairs.figures_digest = editions.previous_digest

),

later as (

    select
        city_pairs.*,
        editions.previous_edition_at
    from city_pairs
    inner join editions
        on
            city_pairs.month_start_on = editions.month_start_on
            and city_pairs.edition_at = editions.edition_at
            and city_pairs.figures_digest = editions.figures_digest
    where editions.previous_edition_at is not null

),

compared as (

    select
        coalesce(later.month_start_on, earlier.month_start_on) as month_start_on,
        coalesce(later.service, earlier.service) as service,
        coalesce(later.market, earlier.market) as market,
        coalesce(later.origin_city, earlier.origin_city) as origin_city,
        coalesce(later.origin_country, earlier.origin_country) as origin_country,
        coalesce(later.destination_city, earlier.destination_city) as destination_city,
        coalesce(later.destination_country, earlier.destination_country) as destination_country,
        coalesce(later.edition_at, earlier.restated_at) as edition_at,
        coalesce(later.previous_edition_at, earlier.edition_at) as previous_edition_at,
        coalesce(earlier.flights, 0) as flights_before,
        coalesce(later.flights, 0) as flights_after,
        coalesce(earlier.passengers, 0) as passengers_before,
        coalesce(later.passengers, 0) as passengers_after,
        coalesce(earlier.cargo_kg, 0) as cargo_kg_before,
        coalesce(later.cargo_kg, 0) as cargo_kg_after
    from later
    full outer join earlier
        on
            later.month_start_on = earlier.month_start_on
            and later.edition_at = earlier.restated_at
            and later.service = earlier.service
            and later.market = earlier.market
            and later.origin_city = earlier.origin_city
            and later.origin_country = earlier.origin_country
            and later.destination_city = earlier.destination_city
            and later.destination_country = earlier.destination_country

)

select * from compared
where
    flights_before <> flights_after
    or passengers_before <> passengers_after
    or cargo_kg_before <> cargo_kg_after
