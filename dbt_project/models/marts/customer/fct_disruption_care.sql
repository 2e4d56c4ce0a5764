{{ config(meta={'touches': [-1, 1]}) }}
-- Rules are data (seed passenger_rights). An amount is unknown where a rate, a ticket or the cause is.
with rules as (

    select * from {{ ref('passenger_rights') }}

),

legs as (

    select
        fct_leg.*,
        departs.country as origin_country,
        arrives.country as destination_country
    from {{ ref('fct_leg') }} as fct_leg
    left join {{ ref('dim_airport') }} as departs on fct_leg.origin = departs.iata
    left join {{ ref('dim_airport') }} as arrives on fct_leg.destination = arrives.iata
    where
        {{ where_operating_dates('fct_leg.operating_date', touches=[-1, 1]) }}
        and (
            fct_leg.is_cancelled
            or fct_leg.is_diverted
            or greatest(
                fct_leg.departure_delay_minutes, fct_leg.arrival_delay_minutes,
                fct_leg.taxi_out_minutes, fct_leg.taxi_in_minutes
            ) >= (select min(rules.from_minutes) from rules)
        )

),

{% set minutes_of = {
    'departure_delay': 'departure_delay_minutes', 'arrival_delay': 'arrival_delay_minutes',
    'taxi_out': 'taxi_out_minutes', 'taxi_in': 'taxi_in_minutes',
} -%}
occurrences as (
    {% for disruption, minutes in minutes_of.items() %}
    select
        operating_date,
        leg_uid,
        '{{ disruption }}' as disruption,
        {{ minutes }} as minutes
    from legs
    where not is_cancelled and {{ minutes }} is not null

    union all
    {% endfor %}
    select
        operating_date,
        leg_uid,
        case when is_cancelled then 'cancelled' else 'diverted' end as disruption,
        cast(null as integer) as minutes
    from legs
    where is_cancelled or is_diverted

),

-- Minutes by who answers for them: of codes where there are any, else of causes; a cancellation has one cause.
blamed as (

    select
        operating_date,
        leg_uid,
        case when scheme = 'BTS' then 0 else 1 end as by_code,
        delay_minutes as minutes,
        is_imputable
    from {{ ref('fct_leg_delay') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

    union all

    select
        legs.operating_date,
        legs.leg_uid,
        0 as by_code,
        1 as minutes,
        {{ is_answered_for('causes') }} as is_imputable
    from legs
    inner join {{ ref('bts_causes') }} as causes on {{ main_cause('legs') }} = causes.cause
    where legs.is_cancelled

),

imputed as (

    {{ answers_of_legs('blamed') }}

),

-- A ticket is all that the passenger paid, taxes and fees included.
paid as (

    select
        operating_date,
        leg_uid,
        coupon_status,
        coupons,
        revenue_usd + coalesce(tua_usd, 0) + coalesce(iva_usd, 0) as paid_usd
    from {{ ref('int_coupon') }}
    where fate = 'counted' and coupon_status <> 'exchanged' and {{ where_operating_dates(touches=[-1, 1]) }}

),

tickets as (

    select
        operating_date,
        leg_uid,
        sum(coupons) as passengers,
        sum(paid_usd) as paid_usd,
        sum(case when coupon_status = 'refunded' then paid_usd else 0 end) as refunded_usd
    from paid
    group by operating_date, leg_uid

),

days as (

    select distinct operating_date from legs

),

-- The rate of the date, or the last one of the week before it.
rates as (

    select
        days.operating_date,
        fx_rates.currency,
        cast(fx_rates.usd_per_unit as decimal(18, 8)) as usd_per_unit,
        row_number() over (
            partition by days.operating_date, fx_rates.currency order by fx_rates.rate_date desc
        ) as age
    from days
    inner join {{ ref('stg_opsdb__fx_rates') }} as fx_rates
        on fx_rates.rate_date between days.operating_date - 7 and days.operating_date
    where fx_rates.deleted_at is null

),

applied as (

    select
        legs.operating_date,
        legs.leg_uid,
        rules.rule_id,
        rules.law,
        legs.carrier,
        {{ route_of_leg('legs') }},
        occurrences.disruption,
        occurrences.minutes,
        imputed.is_imputable,
        rules.care,
        case
            when legs.is_cancelled then tickets.passengers else coalesce(legs.passengers, tickets.passengers)
        end as passengers,
        case when rules.only_imputable then imputed.is_imputable else true end as is_owed,
        rules.amount_kind,
        rules.amount,
        rules.currency,
        case
            when rules.currency = 'USD' then cast(1 as decimal(18, 8)) else rates.usd_per_unit
        end as usd_per_unit,
        tickets.paid_usd,
        tickets.refunded_usd,
        legs.data_label
    from occurrences
    inner join legs on occurrences.operating_date = legs.operating_date and occurrences.leg_uid = legs.leg_uid
    inner join rules
        on
            occurrences.disruption = rules.disruption
            and (rules.from_minutes is null or occurrences.minutes >= rules.from_minutes)
            and (rules.below_minutes is null or occurrences.minutes < rules.below_minutes)
            and (rules.above_km is null or legs.distance_km > rules.above_km)
            and (rules.up_to_km is null or legs.distance_km <= rules.up_to_km)
            and (
                rules.flight = 'any'
                or (rules.flight = 'domestic' and legs.origin_country = legs.destination_country)
                or (rules.flight = 'international' and legs.origin_country <> legs.destination_country)
            )
    left join {{ ref('rights_countries') }} as covers_origin
        on rules.regime = covers_origin.regime and legs.origin_country = covers_origin.country
    left join {{ ref('rights_countries') }} as covers_destination
        on rules.regime = covers_destination.regime and legs.destination_country = covers_destination.country
    left join imputed on legs.operating_date = imputed.operating_date and legs.leg_uid = imputed.leg_uid
    left join tickets on legs.operating_date = tickets.operating_date and legs.leg_uid = tickets.leg_uid
    left join rates
        on legs.operating_date = rates.operating_date and rules.currency = rates.currency and rates.age = 1
    where
        (rules.airport in ('from', 'either') and covers_origin.country is not null)
        or (rules.airport in ('to', 'either') and covers_destination.country is not null)

)

select
    operating_date,
    leg_uid,
    cast(rule_id as varchar) as rule_id,
    cast(law as varchar) as law,
    carrier,
    origin,
    destination,
    route,
    cast(disruption as varchar) as disruption,
    minutes,
    is_imputable,
    cast(care as varchar) as care,
    cast(passengers as bigint) as passengers,
    is_owed,
    cast(amount as decimal(9, 3)) as amount,
    cast(currency as varchar) as currency,
    usd_per_unit,
    cast(
        case
            when not is_owed then 0
            when is_owed and amount_kind = 'per_passenger' then passengers * amount * usd_per_unit
            when is_owed and amount_kind = 'ticket_share' then paid_usd * amount
            when is_owed and amount_kind = 'refunded_tickets' then refunded_usd * amount
        end as decimal(18, 2)
    ) as obligation_usd,
    data_label
from applied
