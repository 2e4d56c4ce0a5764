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

facts as (

    select
        operating_date,
        leg_uid,
        source,
        received_at,
        std_at is not null as is_plan,
        is_actual
        and (
            coalesce(is_cancelled, false)
            or coalesce(is_diverted, false)
            or coalesce(out_at, off_at, on_at, in_at) is not null
        ) as is_report,
        is_actual
        and (coalesce(is_cancelled, false) or coalesce(is_diverted, false) or in_at is not null) as is_end
    from {{ ref('int_leg_fact') }}
    where {{ where_operating_dates() }}

),

-- Of a feed of files the last row of a leg stands; earlier rows say when the leg was first told and first closed.
file_rows as (

    {% for feed in ['bts_ontime', 'bts_departures', 'bts_arrivals', 'airline_legs'] %}
    select
        operating_date,
        leg_uid,
        source,
        received_at,
        coalesce(is_cancelled, false) or coalesce(is_diverted, false) or in_at is not null as is_end
    from {{ ref('stg_partner__' ~ feed) }}
    where {{ where_operating_dates() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

first_rows as (

    select
        operating_date,
        leg_uid,
        source,
        min(received_at) as first_received_at,
        min(case when is_end then received_at end) as ended_received_at
    from file_rows
    group by operating_date, leg_uid, source

),

told as (

    select
        operating_date,
        leg_uid,
        source,
        max(case when is_plan then 1 else 0 end) as planned,
        max(case when is_report then 1 else 0 end) as reported,
        max(case when is_end then 1 else 0 end) as ended,
        min(received_at) as first_received_at,
        max(received_at) as last_received_at,
        min(case when is_end then received_at end) as ended_received_at
    from facts
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
        min(least(told.first_received_at, coalesce(first_rows.first_received_at, told.first_received_at)))
            as first_received_at,
        max(told.last_received_at) as last_received_at,
        -- a leg that its last row opens again has no end
        max(
            case
                when told.ended_received_at < first_rows.ended_received_at or first_rows.ended_received_at is null
                    then told.ended_received_at
                when told.ended_received_at is not null then first_rows.ended_received_at
            end
        ) as final_received_at,
        max(legs.data_label) as data_label
    from legs
    inner join told on legs.operating_date = told.operating_date and legs.leg_uid = told.leg_uid
    left join first_rows
        on
            told.operating_date = first_rows.operating_date
            and told.leg_uid = first_rows.leg_uid
            and told.source = first_rows.source
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
