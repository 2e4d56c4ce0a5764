-- Lines of before the first firing (grey, known again) belong to no incident.
with lines as (

    select
        *,
        case level_after
            when 'critical' then 3
            when 'red' then 2
            when 'amber' then 1
            else 0
        end as level_rank,
        row_number() over (
            partition by operating_date, alert_key, incident
            order by revision desc
        ) as from_the_end
    from {{ ref('stg_alerts__transitions') }}
    where incident > 0 and {{ where_operating_dates() }}

),

fired as (

    select * from lines
    where kind = 'FIRED'

),

incidents as (

    select
        operating_date,
        alert_key,
        incident,
        max(level_rank) as highest_rank,
        min(case when kind = 'ACKNOWLEDGED' then revision end) as acknowledged_on,
        min(case when kind = 'CLOSED' then revision end) as closed_on,
        -- what is over may still turn out never to have been so
        max(case when kind = 'CLOSED' then revision end) as resolved_on,
        count(*) as transitions,
        {{ count_legs('is_notified') }} as notifications,
        {{ count_legs("kind = 'ESCALATED'") }} as escalations
    from lines
    group by operating_date, alert_key, incident

)

select
    -- identity
    fired.operating_date,
    fired.alert_key,
    fired.incident,
    fired.rule_id,
    fired.scope_type,
    fired.scope_id,
    case when fired.scope_type = 'route' then fired.scope_id else fct_leg.route end as route,
    fired.is_shadow,

    -- what it fired on
    fired.happened_at as fired_at,
    fired.level_after as fired_level,
    fired.observed_value,
    fired.observed_legs,
    fired.limit_value,
    fired.baseline_value,

    -- what became of it
    case incidents.highest_rank when 3 then 'critical' when 2 then 'red' when 1 then 'amber' end as highest_level,
    latest.state_after as last_state,
    acknowledged.happened_at as acknowledged_at,
    acknowledged.changed_by as acknowledged_by,
    closed.happened_at as closed_at,
    resolved.close_reason as resolution,
    {{ minutes_between('fired.happened_at', 'acknowledged.happened_at') }} as minutes_to_acknowledge,
    {{ minutes_between('fired.happened_at', 'closed.happened_at') }} as minutes_open,
    incidents.transitions,
    incidents.notifications,
    incidents.escalations,
    fired.data_label
from incidents
inner join fired
    on
        incidents.operating_date = fired.operating_date
        and incidents.alert_key = fired.alert_key
        and incidents.incident = fired.incident
inner join lines as latest
    on
        incidents.operating_date = latest.operating_date
        and incidents.alert_key = latest.alert_key
        and incidents.incident = latest.incident
        and latest.from_the_end = 1
left join lines as acknowledged
    on
        incidents.operating_date = acknowledged.operating_date
        and incidents.alert_key = acknowledged.alert_key
        and incidents.acknowledged_on = acknowledged.revision
left join lines as closed
    on
        incidents.operating_date = closed.operating_date
        and incidents.alert_key = closed.alert_key
        and incidents.closed_on = closed.revision
left join lines as resolved
    on
        incidents.operating_date = resolved.operating_date
        and incidents.alert_key = resolved.alert_key
        and incidents.resolved_on = resolved.revision
left join {{ ref('fct_leg') }} as fct_leg
    on
        fired.operating_date = fct_leg.operating_date
        and fired.scope_type = 'leg'
        and fired.scope_id = fct_leg.leg_uid
