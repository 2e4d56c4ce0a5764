{{ config(meta={'dagster': {'ref': {'name': 'fct_satisfaction'}}}) }}
-- Route days group the same answers without cabins, bands and causes: an answer in two bands would show.
with from_sums as (

    select
        operating_date,
        origin,
        destination,
        sum(answers) as answers,
        sum(recommendations) as recommendations,
        sum(promoters + passives + detractors) as recommendations_by_kind,
        sum(promoters) as promoters,
        sum(detractors) as detractors,
        sum(net_promoters) as net_promoters,
        sum(satisfactions) as satisfactions,
        sum(satisfaction_sum) as satisfaction_sum
    from {{ ref('fct_satisfaction') }}
    where {{ where_operating_dates() }}
    group by operating_date, origin, destination

),

from_route_days as (

    select
        operating_date,
        origin,
        destination,
        answers,
        recommendations,
        recommendations as recommendations_by_kind,
        promoters,
        detractors,
        promoters - detractors as net_promoters,
        satisfactions,
        satisfaction_sum
    from {{ ref('fct_route_day_commercial') }}
    where answers > 0 and {{ where_operating_dates() }}

)

{{ sums_that_differ('from_sums', 'from_route_days', [
    'answers', 'recommendations', 'recommendations_by_kind', 'promoters', 'detractors', 'net_promoters',
    'satisfactions', 'satisfaction_sum'
], by=['operating_date', 'origin', 'destination']) }}
