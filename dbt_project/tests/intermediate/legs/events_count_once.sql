{{ config(meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- One record as received makes one fact: twice the same record is our mistake, and would count twice.
select
    operating_date,
    event_id,
    raw_ref,
    count(*) as copies
from {{ ref('int_leg_fact') }}
where {{ where_operating_dates() }}
group by operating_date, event_id, raw_ref
having count(*) > 1
