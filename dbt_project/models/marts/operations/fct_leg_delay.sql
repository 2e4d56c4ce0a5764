{{ config(meta={'touches': [-1, 1]}) }}
{%- set causes = ['carrier', 'weather', 'nas', 'security', 'late_aircraft'] -%}

with legs as (

    select
        leg_uid,
        operating_date,
        carrier,
        {{ route_of_leg() }},
        delay_codes,
        {{ minutes_by_cause() | join(', ') }},
        data_label
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

),

places as (
    {% for place in range(1, 5) %}
    select
        leg_uid,
        {{ delay_code('delay_codes', place) }} as code,
        {{ delay_code_minutes('delay_codes', place) }} as delay_minutes
    from legs
    where {{ delay_code('delay_codes', place) }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A code that a leg has in two places is one delay.
codes as (

    select
        leg_uid,
        code,
        sum(delay_minutes) as delay_minutes
    from places
    group by leg_uid, code

),

meant as (

    select
        codes.*,
        meaning.bts_cause,
        meaning.cause_group,
        meaning.is_imputable,
        meaning.is_inherited
    from codes
    left join {{ ref('dim_delay_code') }} as meaning on codes.code = meaning.code

),

causes as (
    {% for cause in causes %}
    select
        leg_uid,
        '{{ cause }}' as cause,
        {{ cause }}_delay_minutes as delay_minutes
    from legs
    where {{ cause }}_delay_minutes > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

minutes_of_codes as (

    select
        leg_uid,
        bts_cause,
        sum(delay_minutes) as delay_minutes
    from meant
    group by leg_uid, bts_cause

),

delays as (

    select
        leg_uid,
        'AHM730' as scheme,
        code,
        delay_minutes,
        bts_cause,
        cause_group,
        is_imputable,
        is_inherited,
        false as is_translated
    from meant

    union all

    select
        causes.leg_uid,
        'BTS' as scheme,
        causes.cause as code,
        causes.delay_minutes,
        causes.cause as bts_cause,
        cast(null as varchar) as cause_group,
        meaning.is_imputable,
        meaning.is_inherited,
        coalesce(minutes_of_codes.delay_minutes = causes.delay_minutes, false) as is_translated
    from causes
    inner join {{ ref('bts_causes') }} as meaning on causes.cause = meaning.cause
    left join minutes_of_codes
        on causes.leg_uid = minutes_of_codes.leg_uid and causes.cause = minutes_of_codes.bts_cause

),

-- Who answers for what a leg did not inherit: of several causes the one with most minutes decides.
answers as (

    select
        leg_uid,
        2 * sum(case when is_imputable then delay_minutes else 0 end) >= sum(delay_minutes) as is_imputable
    from delays
    where not is_inherited and not is_translated and is_imputable is not null
    group by leg_uid

),

-- Of the aircraft alone: who waited for a crew or for passengers has its root in a flight that nobody names.
roots as (

    select
        rotations.leg_uid,
        answers.is_imputable
    from {{ ref('fct_rotation') }} as rotations
    inner join answers on rotations.root_leg_uid = answers.leg_uid
    where
        rotations.root_leg_uid <> rotations.leg_uid
        and {{ where_operating_dates('rotations.operating_date', touches=[-1, 1]) }}

)

select
    legs.leg_uid,
    legs.operating_date,
    legs.carrier,
    legs.origin,
    legs.destination,
    legs.route,
    cast(delays.scheme as varchar) as scheme,
    cast(delays.code as varchar) as code,
    cast(delays.delay_minutes as integer) as delay_minutes,
    cast(delays.bts_cause as varchar) as bts_cause,
    cast(delays.cause_group as varchar) as cause_group,
    case
        when delays.bts_cause = 'late_aircraft' then coalesce(roots.is_imputable, true)
        when delays.is_inherited then true
        else delays.is_imputable
    end as is_imputable,
    delays.is_translated,
    legs.data_label
from delays
inner join legs on delays.leg_uid = legs.leg_uid
left join roots on delays.leg_uid = roots.leg_uid
