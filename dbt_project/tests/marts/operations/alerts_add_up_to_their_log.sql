{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_alert'}}}) }}
-- A firing whose first line is missing, or still coming, or a line on two incidents, would show here.
with logged as (

    select
        operating_date,
        count(*) as transitions,
        {{ count_legs('is_notified') }} as notifications
    from {{ ref('stg_alerts__transitions') }}
    where incident > 0 and {{ where_operating_dates() }}
    group by operating_date

),

told as (

    select
        operating_date,
        sum(transitions) as transitions,
        sum(notifications) as notifications
    from {{ ref('fct_alert') }}
    where {{ where_operating_dates() }}
    group by operating_date

)

select logged.operating_date
from logged
left join told on logged.operating_date = told.operating_date
where
    told.operating_date is null
    or logged.transitions <> told.transitions
    or logged.notifications <> told.notifications
