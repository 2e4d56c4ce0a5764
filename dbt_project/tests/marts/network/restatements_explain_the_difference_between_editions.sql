{{ config(meta={'dagster': {'ref': {'name': 'fct_city_pair_restatement'}}}) }}
-- A pair that is lost between two editions, or compared twice, would show here.
with editions as (

    select
        month_start_on,
        edition_at,
        sum(flights) as flights,
        sum(passengers) as passengers,
        row_number() over (partition by month_start_on order by edition_at) as place,
        row_number() over (partition by month_start_on order by edition_at desc) as place_from_the_end
    from {{ ref('stg_partner__afac_sase') }}
    where {{ where_operating_dates('month_start_on') }}
    group by month_start_on, edition_at

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
