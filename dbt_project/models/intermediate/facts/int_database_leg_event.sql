-- What a row of the database says, one event per thing: aero_ingest/database_events.py tells the stream the same,
-- and a test holds the two together. Returns are counted by events, so the row's times must be events too.
with legs as (

    select * from {{ ref('stg_opsdb__legs') }}
    where deleted_at is null

),

kinds as (

    select cast('schedule' as varchar) as event_type
    union all
    select cast('cancel' as varchar) as event_type
    union all
    select cast('divert' as varchar) as event_type
    union all
    select cast('out' as varchar) as event_type
    union all
    select cast('off' as varchar) as event_type
    union all
    select cast('on' as varchar) as event_type
    union all
    select cast('in' as varchar) as event_type
    union all
    select cast('delay_codes' as varchar) as event_type
    union all
    select cast('load' as varchar) as event_type

),

said as (

    select
        legs.*,
        kinds.event_type,
        case kinds.event_type
            when 'out' then legs.out_at
            when 'off' then legs.off_at
            when 'on' then legs.on_at
            when 'in' then legs.in_at
            else legs.updated_at
        end as event_time
    from legs
    cross join kinds
    where
        case kinds.event_type
            when 'schedule' then true
            when 'cancel' then legs.is_cancelled
            when 'divert' then legs.is_diverted
            -- The departure that counts is the first; a row of a later attempt has only its own.
            when 'out' then legs.out_at is not null and legs.attempt = 1
            when 'off' then legs.off_at is not null
            when 'on' then legs.on_at is not null
            when 'in' then legs.in_at is not null
            when 'delay_codes' then legs.delay_codes is not null
            when 'load' then legs.passengers is not null and not legs.is_cancelled
        end

)

select
    {{ leg_event_columns(lacks=leg_estimates() + minutes_by_cause(), instead={
        'event_id': 'md5(event_id || event_type)',
        'distance_miles': "case when event_type = 'schedule' then distance_miles end",
        'passengers': "case when event_type = 'load' then passengers end",
        'out_at': "case when event_type = 'out' then out_at end",
        'off_at': "case when event_type = 'off' then off_at end",
        'on_at': "case when event_type = 'on' then on_at end",
        'in_at': "case when event_type = 'in' then in_at end",
        'cancellation_code': "case when event_type = 'cancel' then cancellation_code end",
        'delay_codes': "case when event_type = 'delay_codes' then delay_codes end",
        'version': "2 * version + case when event_type in ('cancel', 'divert') then 1 else 0 end"
    }) }}
from said
