{{ config(meta={'dagster': {'ref': {'name': 'fct_disruption_care'}}}) }}
-- Limits written out: a rule that lost its legs, or took a leg twice, would show here.
with from_rows as (

    select
        operating_date,
        count(
            distinct case when law = 'LAC 47 Bis' and disruption = 'departure_delay' then leg_uid end
        ) as lac_late,
        sum(case when rule_id in ('lac_policy_60', 'lac_compensation_240') then 1 else 0 end) as lac_late_by_step,
        sum(case when rule_id = 'lac_discount_120' then 1 else 0 end) as lac_120,
        sum(case when rule_id = 'lac_compensation_cancelled' then 1 else 0 end) as lac_cancelled,
        sum(case when rule_id = 'lac_onward_diverted' then 1 else 0 end) as lac_diverted,
        sum(case when rule_id = 'us_refund_cancelled' then 1 else 0 end) as us_cancelled,
        sum(case when rule_id in ('us_water_out', 'us_water_in') then 1 else 0 end) as us_tarmac
    from {{ ref('fct_disruption_care') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}
    group by operating_date

),

legs as (

    select
        fct_leg.operating_date,
        fct_leg.is_cancelled,
        fct_leg.is_diverted,
        coalesce(fct_leg.departure_delay_minutes, -1) as minutes_late,
        coalesce(fct_leg.taxi_out_minutes, 0) as out_minutes,
        coalesce(fct_leg.taxi_in_minutes, 0) as in_minutes,
        coalesce(departs.country = 'MX', false) as from_mexico,
        coalesce(departs.country in ('US', 'PR', 'VI', 'GU'), false) as from_usa,
        coalesce(arrives.country in ('US', 'PR', 'VI', 'GU'), false) as to_usa
    from {{ ref('fct_leg') }} as fct_leg
    left join {{ ref('dim_airport') }} as departs on fct_leg.origin = departs.iata
    left join {{ ref('dim_airport') }} as arrives on fct_leg.destination = arrives.iata
    where {{ where_operating_dates('fct_leg.operating_date', touches=[-1, 1]) }}

),

from_legs as (

    select
        operating_date,
        {{ count_legs('from_mexico and not is_cancelled and minutes_late >= 60') }} as lac_late,
        {{ count_legs('from_mexico and not is_cancelled and minutes_late >= 60') }} as lac_late_by_step,
        {{ count_legs('from_mexico and not is_cancelled and minutes_late between 120 and 239') }} as lac_120,
        {{ count_legs('from_mexico and is_cancelled') }} as lac_cancelled,
        {{ count_legs('from_mexico and is_diverted') }} as lac_diverted,
        {{ count_legs('(from_usa or to_usa) and is_cancelled') }} as us_cancelled,
        {{ count_legs('from_usa and not is_cancelled and out_minutes >= 120') }}
        + {{ count_legs('to_usa and not is_cancelled and in_minutes >= 120') }} as us_tarmac
    from legs
    group by operating_date

),

-- A day without any disruption has no rows.
compared as (

    select
        from_legs.*,
        coalesce(from_rows.lac_late, 0) as rows_lac_late,
        coalesce(from_rows.lac_late_by_step, 0) as rows_lac_late_by_step,
        coalesce(from_rows.lac_120, 0) as rows_lac_120,
        coalesce(from_rows.lac_cancelled, 0) as rows_lac_cancelled,
        coalesce(from_rows.lac_diverted, 0) as rows_lac_diverted,
        coalesce(from_rows.us_cancelled, 0) as rows_us_cancelled,
        coalesce(from_rows.us_tarmac, 0) as rows_us_tarmac
    from from_legs
    left join from_rows on from_legs.operating_date = from_rows.operating_date

)

select operating_date
from compared
where
    lac_late <> rows_lac_late
    or lac_late_by_step <> rows_lac_late_by_step
    or lac_120 <> rows_lac_120
    or lac_cancelled <> rows_lac_cancelled
    or lac_diverted <> rows_lac_diverted
    or us_cancelled <> rows_us_cancelled
    or us_tarmac <> rows_us_tarmac
