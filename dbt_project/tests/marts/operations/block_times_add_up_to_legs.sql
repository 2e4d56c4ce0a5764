{{ config(meta={'dagster': {'ref': {'name': 'fct_block_time'}}}) }}
with from_sums as (

    select
        operating_date,
        carrier,
        sum(legs) as legs,
        sum(fit_legs) as fit_legs,
        sum(block_minutes * legs) as block_minutes,
        sum(scheduled_block_minutes) as scheduled_minutes
    from {{ ref('fct_block_time') }}
    where {{ where_operating_dates() }}
    group by operating_date, carrier

),

from_legs as (

    select
        operating_date,
        carrier,
        count(block_minutes) as legs,
        sum(case when block_minutes <= scheduled_block_minutes then 1 else 0 end) as fit_legs,
        sum(block_minutes) as block_minutes,
        coalesce(sum(scheduled_block_minutes), 0) as scheduled_minutes
    from {{ ref('fct_leg') }}
    where block_minutes is not null and {{ where_operating_dates() }}
    group by operating_date, carrier

)

{{ sums_that_differ('from_sums', 'from_legs', [
    'legs', 'fit_legs', 'block_minutes', 'scheduled_minutes'
], by=['operating_date', 'carrier']) }}
