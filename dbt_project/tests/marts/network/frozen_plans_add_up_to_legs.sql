{{ config(meta={'dagster': {'ref': {'name': 'fct_schedule_day'}}}) }}
-- Plans are counted from their versions and legs from fct_leg: a leg on two routes, or on none, would show here.
with from_days as (

    select
        operating_date,
        carrier,
        sum(legs) as legs,
        sum(operated_legs) as operated_legs,
        sum(scheduled_legs_d1) as scheduled_legs_d1,
        sum(scheduled_legs_d7) as scheduled_legs_d7,
        coalesce(sum(scheduled_legs_d1 + added_legs_d1 - dropped_legs_d1), sum(legs)) as legs_by_d1,
        coalesce(sum(scheduled_legs_d7 + added_legs_d7 - dropped_legs_d7), sum(legs)) as legs_by_d7
    from {{ ref('fct_schedule_day') }}
    where {{ where_operating_dates() }}
    group by operating_date, carrier

),

from_versions as (

    select
        operating_date,
        carrier,
        nullif(sum(case when is_frozen_d1 then 1 else 0 end), 0) as scheduled_legs_d1,
        nullif(sum(case when is_frozen_d7 then 1 else 0 end), 0) as scheduled_legs_d7
    from {{ ref('fct_schedule') }}
    where {{ where_operating_dates() }}
    group by operating_date, carrier

),

from_legs as (

    select
        operating_date,
        carrier,
        count(*) as legs,
        sum(case when is_operated then 1 else 0 end) as operated_legs
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}
    group by operating_date, carrier

),

-- A carrier whose only versions stood at neither time, and of which there is no leg, has no row of sums.
expected as (

    select
        from_versions.*,
        coalesce(from_legs.legs, 0) as legs,
        coalesce(from_legs.operated_legs, 0) as operated_legs,
        coalesce(from_legs.legs, 0) as legs_by_d1,
        coalesce(from_legs.legs, 0) as legs_by_d7
    from from_versions
    left join from_legs
        on from_versions.operating_date = from_legs.operating_date and from_versions.carrier = from_legs.carrier
    where
        from_legs.carrier is not null
        or from_versions.scheduled_legs_d1 is not null
        or from_versions.scheduled_legs_d7 is not null

)

{{ sums_that_differ('from_days', 'expected', [
    'legs', 'operated_legs', 'scheduled_legs_d1', 'scheduled_legs_d7', 'legs_by_d1', 'legs_by_d7'
], by=['operating_date', 'carrier']) }}
