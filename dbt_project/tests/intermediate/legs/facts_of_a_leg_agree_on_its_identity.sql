{{ config(meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- leg_uid is the hash of these: facts that differ in one were hashed wrongly by someone.
with facts as (

    select
        leg_uid,
        operating_date,
        carrier,
        flight_number,
        operational_suffix,
        leg_sequence,
        origin
    from {{ ref('int_leg_fact') }}
    where {{ where_operating_dates() }}

),

contested_legs as (

    select leg_uid
    from facts
    group by leg_uid
    having count(*) > 1

),

identities as (

    select distinct facts.*
    from facts
    inner join contested_legs on facts.leg_uid = contested_legs.leg_uid

)

select leg_uid
from identities
group by leg_uid
having count(*) > 1
