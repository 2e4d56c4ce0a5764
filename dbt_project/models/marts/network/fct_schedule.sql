{{ config(sort=['operating_date'], meta={'date_column': 'operating_date'}) }}
{%- set of_leg = 'partition by operating_date, leg_uid order by statement_number' -%}

with plans as (

    select
        *,
        max(case when plan_source = 'ssim' then 1 else 0 end) over (
            partition by operating_date, carrier
        ) as carrier_files,
        max(case when plan_source = 'database' then 1 else 0 end) over (
            partition by operating_date, leg_uid
        ) as leg_in_database
    from {{ ref('int_leg_plan') }}
    where {{ where_operating_dates() }}

),

-- A carrier that files schedules plans by them alone; elsewhere the database knows more than events tell.
chosen as (

    select
        *,
        case when plan_source = 'ssim' then carrier else leg_uid end as subject
    from plans
    where
        plan_source = case
            when carrier_files = 1 then 'ssim'
            when leg_in_database = 1 then 'database'
            else 'event'
        end
    qualify
        row_number() over (
            partition by operating_date, leg_uid, made_at
            order by version desc, received_at desc, event_id desc
        ) = 1

),

-- A schedule file is the whole plan of its carrier's date: a leg that the next one leaves out is withdrawn by it.
-- A row or an event speaks of its own leg only.
times as (

    select distinct
        operating_date,
        subject,
        made_at
    from chosen

),

statements as (

    select
        *,
        row_number() over (partition by operating_date, subject order by made_at) as statement_number,
        lead(made_at) over (partition by operating_date, subject order by made_at) as next_made_at
    from times

),

planned as (

    select
        chosen.*,
        statements.statement_number,
        statements.next_made_at,
        coalesce(chosen.destination, '') || '|' || coalesce({{ timestamp_text('chosen.std_at') }}, '')
        || '|' || coalesce({{ timestamp_text('chosen.sta_at') }}, '')
        || '|' || coalesce(chosen.aircraft_type, '') || '|' || coalesce(cast(chosen.seats as varchar), '')
        || '|' || coalesce(chosen.service_type, '') as plan_text
    from chosen
    inner join statements
        on
            chosen.operating_date = statements.operating_date
            and chosen.subject = statements.subject
            and chosen.made_at = statements.made_at
    where chosen.is_planned

),

-- Statements in a row that say the same of a leg are one version of its plan.
changes as (

    select
        *,
        case
            when
                lag(statement_number) over ({{ of_leg }}) = statement_number - 1
                and lag(plan_text) over ({{ of_leg }}) = plan_text then 0
            else 1
        end as is_change
    from planned

),

numbered as (

    select
        *,
        sum(is_change) over ({{ of_leg }} rows between unbounded preceding and current row) as schedule_version
    from changes

),

versions as (

    select
        leg_uid,
        operating_date,
        schedule_version,
        max(carrier) as carrier,
        max(flight_number) as flight_number,
        max(operational_suffix) as operational_suffix,
        max(leg_sequence) as leg_sequence,
        max(origin) as origin,
        max(destination) as destination,
        max(plan_source) as plan_source,
        min(made_at) as made_at,
        min(received_at) as received_at,
        case when count(*) = count(next_made_at) then max(next_made_at) end as replaced_at,
        max(std_at) as std_at,
        max(sta_at) as sta_at,
        max(std_utc_offset_minutes) as std_utc_offset_minutes,
        max(sta_utc_offset_minutes) as sta_utc_offset_minutes,
        max(aircraft_type) as aircraft_type,
        max(seats) as seats,
        max(service_type) as service_type,
        max(data_label) as data_label
    from numbered
    group by leg_uid, operating_date, schedule_version

)

select
    leg_uid,

    -- identity of the leg
    operating_date,
    carrier,
    flight_number,
    operational_suffix,
    leg_sequence,
    origin,
    destination,
    origin || '-' || destination as route,

    -- the version
    cast(schedule_version as integer) as schedule_version,
    plan_source,
    made_at,
    received_at,
    replaced_at,
    {{ stood_days_before(1) }} as is_frozen_d1,
    {{ stood_days_before(7) }} as is_frozen_d7,

    -- what it plans, times in UTC
    std_at,
    sta_at,
    std_utc_offset_minutes,
    sta_utc_offset_minutes,
    aircraft_type,
    seats,
    service_type,
    data_label
from versions
