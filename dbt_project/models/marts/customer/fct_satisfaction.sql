-- An answer is judged by the fate of its leg: the band of its arrival delay, and the main cause of that delay.
with answered as (

    select
        operating_date,
        leg_uid,
        cast(coalesce(cabin, 'unknown') as varchar) as cabin,
        recommendation,
        satisfaction,
        data_label
    from {{ ref('int_feedback') }}
    where fate = 'counted' and {{ where_operating_dates() }}

),

judged as (

    select
        answered.operating_date,
        fct_leg.carrier,
        {{ route_of_leg('fct_leg') }},
        answered.cabin,
        cast(
            case
                when fct_leg.is_cancelled then 'cancelled'
                when fct_leg.is_diverted then 'diverted'
                else coalesce(delay_bands.delay_band, 'unknown')
            end as varchar
        ) as delay_band,
        {{ main_cause('fct_leg') }} as main_cause,
        answered.recommendation,
        answered.satisfaction,
        answered.data_label
    from answered
    inner join {{ ref('fct_leg') }} as fct_leg
        on answered.operating_date = fct_leg.operating_date and answered.leg_uid = fct_leg.leg_uid
    left join {{ ref('delay_bands') }} as delay_bands
        on
            (delay_bands.from_minutes is null or fct_leg.arrival_delay_minutes >= delay_bands.from_minutes)
            and (delay_bands.below_minutes is null or fct_leg.arrival_delay_minutes < delay_bands.below_minutes)
            and fct_leg.arrival_delay_minutes is not null
    where {{ where_operating_dates('fct_leg.operating_date') }}

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    cabin,
    delay_band,
    main_cause,
    count(*) as answers,

    -- NPS is net_promoters / recommendations
    count(recommendation) as recommendations,
    {{ count_legs('recommendation >= 9') }} as promoters,
    {{ count_legs('recommendation between 7 and 8') }} as passives,
    {{ count_legs('recommendation <= 6') }} as detractors,
    {{ sum_whole('case when recommendation >= 9 then 1 when recommendation <= 6 then -1 else 0 end') }}
        as net_promoters,

    -- CSAT is satisfied / satisfactions
    count(satisfaction) as satisfactions,
    {{ count_legs('satisfaction >= 4') }} as satisfied,
    {{ sum_whole('satisfaction') }} as satisfaction_sum,
    max(data_label) as data_label
from judged
group by operating_date, carrier, origin, destination, route, cabin, delay_band, main_cause
