-- Written by `aero feed sync` from aero_assets/feeds/alerts/transitions.toml; change it there.
with first_received as (

    {{ first_received(source('alerts', 'transitions'), date_column='operating_date') }}

)

select
    cast(operating_date as date) as operating_date,
    cast(alert_key as varchar) as alert_key,
    cast(rule_id as varchar) as rule_id,
    cast(scope_type as varchar) as scope_type,
    cast(scope_id as varchar) as scope_id,
    cast(revision as integer) as revision,
    cast(incident as integer) as incident,
    cast(kind as varchar) as kind,
    cast(happened_at as timestamp) as happened_at,
    cast(state_before as varchar) as state_before,
    cast(state_after as varchar) as state_after,
    cast(level_before as varchar) as level_before,
    cast(level_after as varchar) as level_after,
    cast(severity as varchar) as severity,
    cast(is_notified as boolean) as is_notified,
    cast(is_shadow as boolean) as is_shadow,
    cast(observed_value as double precision) as observed_value,
    cast(observed_legs as integer) as observed_legs,
    cast(limit_value as double precision) as limit_value,
    cast(baseline_value as double precision) as baseline_value,
    cast(changed_by as varchar) as changed_by,
    cast(close_reason as varchar) as close_reason,
    cast(fired_on as varchar) as fired_on,
    cast(undone_by as varchar) as undone_by,
    cast(parent_key as varchar) as parent_key,
    cast(escalation_step as integer) as escalation_step,
    cast(shelved_until_at as timestamp) as shelved_until_at,
    cast(data_label as varchar) as data_label,
    cast(source as varchar) as source,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
