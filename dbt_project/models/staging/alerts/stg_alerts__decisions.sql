-- Written by `aero feed sync` from aero_assets/feeds/alerts/decisions.toml; change it there.
with first_received as (

    {{ first_received(source('alerts', 'decisions'), date_column='operating_date') }}

)

select
    cast(operating_date as date) as operating_date,
    cast(decision_subject as varchar) as decision_subject,
    cast(decision_id as varchar) as decision_id,
    cast(decision as varchar) as decision,
    cast(decided_at as timestamp) as decided_at,
    cast(happened_at as timestamp) as happened_at,
    cast(decided_by as varchar) as decided_by,
    cast(note as varchar(1200)) as note,
    cast(revision as integer) as revision,
    cast(level_after as varchar) as level_after,
    cast(observed_value as double precision) as observed_value,
    cast(observed_legs as integer) as observed_legs,
    cast(shelved_until_at as timestamp) as shelved_until_at,
    cast(data_label as varchar) as data_label,
    cast(source as varchar) as source,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
