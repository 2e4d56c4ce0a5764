{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_leg'}}}) }}
-- depends_on: {{ ref('int_leg') }}
-- The file states its delays and its times: a difference means a time resolved to the wrong day or zone.
select
    event_id,
    reported_departure_delay_minutes,
    {{ minutes_between('std_at', 'out_at') }} as departure_delay_minutes,
    reported_arrival_delay_minutes,
    {{ minutes_between('sta_at', 'in_at') }} as arrival_delay_minutes,
    raw_ref
from {{ ref('stg_partner__bts_ontime') }}
where
    {{ where_operating_dates() }}
    and (
        reported_departure_delay_minutes <> {{ minutes_between('std_at', 'out_at') }}
        or reported_arrival_delay_minutes <> {{ minutes_between('sta_at', 'in_at') }}
    )
