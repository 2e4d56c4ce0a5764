{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- Staging keeps the copy received first, within a business date and a feed. The same id on two dates, or from two
-- feeds, is two events of a sender who gave both one name: a warning, for both count.
select
    event_id,
    count(*) as copies
from {{ ref('int_leg_fact') }}
where {{ where_operating_dates() }}
group by event_id
having count(*) > 1
