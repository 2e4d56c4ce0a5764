{{ config(meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- Staging keeps the copy received first; a later copy of an old fact must not beat a correction.
select
    event_id,
    count(*) as copies
from {{ ref('int_leg_fact') }}
where {{ where_operating_dates() }}
group by event_id
having count(*) > 1
