-- Facts about legs: of every file feed that `leg_files` lists, written from the register, and of events.
with
{% for model, lacks in leg_files().items() %}
last_{{ model }} as (

    {{ last_rows_of_legs(ref(model)) }}

),

facts_{{ model }} as (

    select {{ leg_fact_columns(lacks=lacks) }}
    from last_{{ model }}

),
{% endfor %}
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

    select * from ops_leg_events
    {% for model, lacks in leg_files().items() if 'delay_codes' not in lacks %}
    union all
    select * from facts_{{ model }}
    {% endfor %}

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

select * from with_causes
{% for model, lacks in leg_files().items() if 'delay_codes' in lacks %}
union all
select * from facts_{{ model }}
{% endfor %}
