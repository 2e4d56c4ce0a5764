{#
    Facts about legs and the merged leg as queries, for the models and for any other time: `known` is a condition on
    received_at and operating_date that a row has to meet, and none where every row counts. A row that is left out
    replaces nothing: what it corrected stands.
#}

{% macro known_at_close() -%}
    {#- The day closes as CLOSES_AFTER of aero_assets/completeness.py says; a test compares. -#}
    {{ return('received_at <= ' ~ closed_at()) }}
{%- endmacro %}


{% macro closed_at() -%}
    cast(operating_date as timestamp) + interval '36 hours'
{%- endmacro %}


{% macro rows_known(relation, known) -%}
    {{ return(relation if known is none else '(select * from ' ~ relation ~ ' as arriving where ' ~ known ~ ')') }}
{%- endmacro %}


{% macro database_rows(known) -%}
    {#- The last version of every row of the database: of all that arrived, or of those that were known. -#}
    {%- if known is none -%}
        {{ return(ref('stg_opsdb__legs')) }}
    {%- endif -%}
    {%- set rows = rows_known(ref('int_database_leg_version'), known) -%}
    {{ return('(' ~ latest_version(rows, ['operating_date', 'leg_uid']) ~ ') as stated') }}
{%- endmacro %}


{% macro database_leg_events(known=none) -%}
    with legs as (

        select *
        from {{ database_rows(known) }}
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
{%- endmacro %}


{% macro database_events(known) -%}
    {{ return(ref('int_database_leg_event') if known is none else '(' ~ database_leg_events(known) ~ ') as stated') }}
{%- endmacro %}


{% macro leg_facts(known=none, of_files=true) -%}
    {#- Of files and events, or of events alone. -#}
    {%- set files = leg_files() if of_files else {} %}
    with
    {% for model, lacks in files.items() %}
    last_{{ model }} as (

        {{ last_rows_of_legs(rows_known(ref(model), known)) }}

    ),

    facts_{{ model }} as (

        select {{ leg_fact_columns(lacks=lacks) }}
        from last_{{ model }}

    ),
    {% endfor %}
    leg_events as (

        select {{ leg_event_columns() }} from {{ rows_known(ref('stg_ops__leg_events'), known) }}{{ ' as told' if known }}
        union all
        select {{ leg_event_columns() }} from {{ database_events(known) }}

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
        {% for model, lacks in files.items() if 'delay_codes' not in lacks %}
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
    {% for model, lacks in files.items() if 'delay_codes' in lacks %}
    union all
    select * from facts_{{ model }}
    {% endfor %}
{%- endmacro %}
