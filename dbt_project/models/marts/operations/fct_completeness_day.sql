-- What each source said of the legs of a day. Whether a source was due depends on other days: readers ask.
with legs as (

    select
        leg_uid,
        operating_date,
        carrier,
        {{ route_of_leg() }},
        data_label
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}

),

{% for model in leg_files() %}
rows_of_{{ model }} as (

    select
        *,
        row_number() over (
            partition by operating_date, leg_uid, attempt
            order by version desc, received_at desc, event_id desc
        ) as recency
    from {{ ref(model) }}
    where {{ where_operating_dates() }}

),
{% endfor %}
of_events as (

    {{ leg_facts(of_files=false) }}

),

-- Of a feed of files the last row of a leg stands; earlier rows say when the leg was first told and first closed.
statements as (
    {% for model, lacks in leg_files().items() %}
    select
        {{ leg_fact_columns(lacks=lacks) }},
        true as is_of_file,
        recency = 1 as stands
    from rows_of_{{ model }}
    union all
    {% endfor %}
    select
        {{ leg_fact_columns() }},
        false as is_of_file,
        true as stands
    from of_events
    where {{ where_operating_dates() }}

),

judged as (

    select
        operating_date,
        leg_uid,
        source,
        received_at,
        is_of_file,
        stands,
        stands and is_actual as reports,
        std_at is not null as is_plan,
        coalesce(out_at, off_at, on_at, in_at) is not null as is_movement,
        coalesce(is_cancelled, false) or coalesce(is_diverted, false) or in_at is not null as is_end
    from statements

),

told as (

    select
        operating_date,
        leg_uid,
        source,
        max(case when stands and is_plan then 1 else 0 end) as planned,
        max(case when reports and (is_movement or is_end) then 1 else 0 end) as reported,
        max(case when reports and is_end then 1 else 0 end) as ended,
        min(received_at) as first_received_at,
        max(case when stands then received_at end) as last_received_at,
        min(case when reports and is_end then received_at end) as ended_received_at,
        min(case when is_of_file and is_end then received_at end) as first_ended_received_at
    from judged
    group by operating_date, leg_uid, source

),

known as (

    select
        operating_date,
        carrier,
        origin,
        destination,
        route,
        cast(count(*) as bigint) as known_legs
    from legs
    group by operating_date, carrier, origin, destination, route

),

by_source as (

    select
        legs.operating_date,
        legs.carrier,
        legs.origin,
        legs.destination,
        legs.route,
        told.source,
        {{ sum_whole('told.planned') }} as planned_legs,
        {{ sum_whole('told.reported') }} as reported_legs,
        {{ sum_whole('told.ended') }} as final_legs,
        min(told.first_received_at) as first_received_at,
        max(told.last_received_at) as last_received_at,
        -- a leg that its last row opens again has no end
        max(
            case
                when told.ended_received_at is not null
                    then least(
                        told.ended_received_at,
                        coalesce(told.first_ended_received_at, told.ended_received_at)
                    )
            end
        ) as final_received_at,
        max(legs.data_label) as data_label
    from legs
    inner join told on legs.operating_date = told.operating_date and legs.leg_uid = told.leg_uid
    group by legs.operating_date, legs.carrier, legs.origin, legs.destination, legs.route, told.source

)

select
    by_source.operating_date,
    by_source.carrier,
    by_source.origin,
    by_source.destination,
    by_source.route,
    by_source.source,
    known.known_legs,
    by_source.planned_legs,
    by_source.reported_legs,
    by_source.final_legs,
    by_source.first_received_at,
    by_source.last_received_at,
    by_source.final_received_at,
    by_source.data_label
from by_source
inner join known
    on
        by_source.operating_date = known.operating_date
        and by_source.carrier = known.carrier
        and by_source.origin = known.origin
        and by_source.destination = known.destination
