-- A new source of leg facts is one more select here: `leg_fact_columns` gives it the columns of the others.
with last_bts_ontime as (

    {{ last_rows_of_legs(ref('stg_partner__bts_ontime')) }}

),

bts_ontime as (

    select {{ leg_fact_columns(lacks=['aircraft_type', 'seats', 'data_label', 'passengers', 'delay_codes']) }}
    from last_bts_ontime

),

last_bts_departures as (

    {{ last_rows_of_legs(ref('stg_partner__bts_departures')) }}

),

bts_departures as (

    select
        {{ leg_fact_columns(lacks=[
            'aircraft_type', 'sta_utc_offset_minutes', 'distance_miles', 'seats', 'data_label', 'passengers', 'on_at',
            'cancellation_code', 'delay_codes'
        ]) }}
    from last_bts_departures

),

last_bts_arrivals as (

    {{ last_rows_of_legs(ref('stg_partner__bts_arrivals')) }}

),

bts_arrivals as (

    select
        {{ leg_fact_columns(lacks=[
            'aircraft_type', 'std_utc_offset_minutes', 'distance_miles', 'seats', 'data_label', 'passengers',
            'off_at', 'cancellation_code', 'delay_codes'
        ]) }}
    from last_bts_arrivals

),

last_bts_cancellations as (

    {{ last_rows_of_legs(ref('stg_partner__bts_cancellations')) }}

),

bts_cancellations as (

    select
        {{ leg_fact_columns(lacks=[
            'aircraft_type', 'sta_at', 'sta_utc_offset_minutes', 'distance_miles', 'seats', 'data_label',
            'passengers', 'out_at', 'off_at', 'on_at', 'in_at', 'cancellation_code', 'delay_codes'
        ] + minutes_by_cause()) }}
    from last_bts_cancellations

),

last_airline_legs as (

    {{ last_rows_of_legs(ref('stg_partner__airline_legs')) }}

),

airline_legs as (

    select {{ leg_fact_columns(lacks=minutes_by_cause()) }}
    from last_airline_legs

),

leg_events as (

    select {{ leg_event_columns() }} from {{ ref('stg_ops__leg_events') }}
    union all
    select {{ leg_event_columns() }} from {{ ref('int_database_leg_event') }}

),

event_kinds as (

    select
        *,
        {{ describes_leg() }} as describes_leg,
        {{ is_return() }} as is_return
    from leg_events

),

-- A return counts once however often it is told and corrected: a correction keeps its event time.
event_returns as (

    select
        *,
        case
            when
                is_return
                and row_number() over (
                    partition by operating_date, leg_uid, event_time, is_return
                    order by event_id
                ) = 1 then 1
            else 0
        end as returned
    from event_kinds

),

-- 1 + the returns with an earlier event time: at equal times the return itself comes last.
event_attempts as (

    select
        *,
        1 + coalesce(sum(returned) over (
            partition by operating_date, leg_uid
            order by event_time, returned
            rows between unbounded preceding and 1 preceding
        ), 0) as attempt
    from event_returns

),

ops_leg_events as (

    select {{ leg_fact_columns(instead=said_by_event()) }}
    from event_attempts

),

coded_facts as (

    select * from airline_legs
    union all
    select * from ops_leg_events

),

-- Airlines send delay codes; what they mean for the causes that BTS knows is data. Causes that were sent stand.
codes as (

    select
        *,
        coalesce({{ minutes_by_cause() | join(', ') }}) is not null as has_causes,
        {{ delay_code('delay_codes', 1) }} as code_1,
        {{ delay_code('delay_codes', 2) }} as code_2,
        {{ delay_code('delay_codes', 3) }} as code_3,
        {{ delay_code('delay_codes', 4) }} as code_4,
        {{ delay_code_minutes('delay_codes', 1) }} as minutes_1,
        {{ delay_code_minutes('delay_codes', 2) }} as minutes_2,
        {{ delay_code_minutes('delay_codes', 3) }} as minutes_3,
        {{ delay_code_minutes('delay_codes', 4) }} as minutes_4
    from coded_facts

),

code_causes as (

    select
        codes.*,
        meaning_1.bts_cause as cause_1,
        meaning_2.bts_cause as cause_2,
        meaning_3.bts_cause as cause_3,
        meaning_4.bts_cause as cause_4
    from codes
    left join {{ ref('delay_codes') }} as meaning_1 on codes.code_1 = meaning_1.code
    left join {{ ref('delay_codes') }} as meaning_2 on codes.code_2 = meaning_2.code
    left join {{ ref('delay_codes') }} as meaning_3 on codes.code_3 = meaning_3.code
    left join {{ ref('delay_codes') }} as meaning_4 on codes.code_4 = meaning_4.code

),

with_causes as (

    select {{ leg_fact_columns(instead=causes_of_codes()) }}
    from code_causes

)

select * from bts_ontime
union all
select * from bts_departures
union all
select * from bts_arrivals
union all
select * from bts_cancellations
union all
select * from with_causes
