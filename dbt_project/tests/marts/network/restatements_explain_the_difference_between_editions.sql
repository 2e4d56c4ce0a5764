{{ config(meta={'dagster': {'ref': {'name': 'fct_city_pair_restatement'}}}) }}
-- A pair that is lost between two editions, or compared twice, would show here.
with ordered as (

    {{ afac_editions(ref('stg_partner__afac_sase')) }}

),

editions as (

    select
        city_pairs.month_start_on,
        ordered.turn as place,
        ordered.recency as place_from_the_end,
        sum(city_pairs.flights) as flights,
        sum(city_pairs.passengers) as passengers
    from {{ ref('stg_partner__afac_sase') }} as city_pairs
    inner join ordered
        on
            city_pairs.month_start_on = ordered.month_start_on
            and city_pairs.edition_at = ordered.edition_at
            and city_pairs.figures_digest = ordered.figures_digest
    group by city_pairs.month_start_on, ordered.turn, ordered.recency

),

expected as (

    select
        month_start_on,
        sum(
            case when place_from_the_end = 1 then flights else 0 end - case when place = 1 then flights else 0 end
        ) as flights,
        sum(
            case when place_from_the_end = 1 then passengers else 0 end
            - case when place = 1 then passengers else 0 end
        ) as passengers
    from editions
    group by month_start_on

),

restated as (

    select
        month_start_on,
        sum(flights_after - flights_before) as flights,
        sum(passengers_after - passengers_before) as passengers
    from {{ ref('fct_city_pair_restatement') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on

)

select
    expected.month_start_on,
    expected.flights,
    restated.flights as restated_flights
from expected
left join restated on expected.month_start_on = restated.month_start_on
where
    expected.flights <> coalesce(restated.flights, 0)
    or expected.passengers <> coalesce(restated.passengers, 0)
