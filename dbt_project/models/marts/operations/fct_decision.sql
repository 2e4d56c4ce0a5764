with decisions as (

    select * from {{ ref('stg_alerts__decisions') }}
    where {{ where_operating_dates() }}

),

transitions as (

    select
        operating_date,
        alert_key,
        revision,
        incident
    from {{ ref('stg_alerts__transitions') }}
    where {{ where_operating_dates() }}

)

select
    decisions.operating_date,
    decisions.decision_id,
    decisions.decision_subject,
    transitions.incident,
    decisions.decision,
    decisions.decided_at,
    decisions.happened_at,
    decisions.decided_by,
    decisions.note,
    decisions.level_after,
    decisions.observed_value,
    decisions.observed_legs,
    decisions.shelved_until_at,
    decisions.data_label
from decisions
left join transitions
    on
        decisions.operating_date = transitions.operating_date
        and decisions.decision_subject = transitions.alert_key
        and decisions.revision = transitions.revision
