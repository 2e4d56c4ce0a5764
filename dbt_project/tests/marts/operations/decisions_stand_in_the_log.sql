{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_decision'}}}) }}
-- Both are written together; one that is alone was lost on the way, or is still coming.
with decided as (

    select
        operating_date,
        decision_subject,
        decided_by,
        decision
    from {{ ref('fct_decision') }}
    where {{ where_operating_dates() }} and incident is null

),

alerts as (

    select distinct
        operating_date,
        alert_key
    from {{ ref('fct_alert') }}
    where {{ where_operating_dates() }}

)

select
    decided.decision_subject,
    decided.decided_by,
    decided.decision
from decided
inner join alerts
    on decided.operating_date = alerts.operating_date and decided.decision_subject = alerts.alert_key
