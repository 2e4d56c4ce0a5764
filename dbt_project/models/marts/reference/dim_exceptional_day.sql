-- One row per day, so that readers join it by day and airport without comparing periods.
select
    dim_date.date_day,
    cast(events.event_id as varchar) as event_id,
    cast(events.scope as varchar) as scope,
    cast(events.airport as varchar) as airport,
    cast(events.kind as varchar) as kind,
    cast(events.name_es as varchar) as name_es,
    cast(events.name_en as varchar) as name_en,
    cast(events.leave_out as boolean) as leave_out
from {{ ref('exceptional_days') }} as events
inner join {{ ref('dim_date') }} as dim_date
    on dim_date.date_day between events.first_on and events.last_on
