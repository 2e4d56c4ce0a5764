-- A connection is judged by the times of its two legs, whatever its outcome in the database: it is missed if the
-- feeder's IN plus the minimum connecting time is after the onward leg's OUT.
with connections as (

    select
        operating_date,
        airport,
        in_leg_uid,
        out_leg_uid,
        passengers,
        minimum_connect_minutes,
        connection_result,
        data_label
    from {{ ref('stg_opsdb__connections') }}
    where deleted_at is null and {{ where_operating_dates() }}

),

-- Times that can be believed: a delay was made of them. A feeder is looked for on the date of the onward leg.
legs as (

    select
        operating_date,
        leg_uid,
        case when arrival_delay_minutes is not null then in_at end as in_at,
        case when departure_delay_minutes is not null then out_at end as out_at,
        is_cancelled or is_diverted as is_off,
        is_cancelled
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}

),

judged as (

    select
        connections.operating_date,
        connections.airport,
        cast(coalesce(connections.out_leg_uid, 'unknown') as varchar) as leg_uid,
        connections.passengers,
        connections.connection_result,
        connections.data_label,
        case
            when coalesce(feeder.is_off, false) or coalesce(onward.is_cancelled, false) then 'not_flown'
            when
                feeder.in_at is null or onward.out_at is null or connections.minimum_connect_minutes is null
                then 'unknown'
            when
                {{ minutes_between('feeder.in_at', 'onward.out_at') }} < connections.minimum_connect_minutes
                then 'missed'
            else 'made'
        end as outcome
    from connections
    left join legs as feeder
        on connections.operating_date = feeder.operating_date and connections.in_leg_uid = feeder.leg_uid
    left join legs as onward
        on connections.operating_date = onward.operating_date and connections.out_leg_uid = onward.leg_uid

)

select
    operating_date,
    airport,
    leg_uid,
    count(*) as connections,
    {{ sum_whole('passengers') }} as connecting_passengers,

    -- every passenger is in one of these
    {{ sum_whole("case when outcome in ('made', 'missed') then passengers end") }} as judged_passengers,
    {{ sum_whole("case when outcome = 'not_flown' then passengers end") }} as not_flown_passengers,
    {{ sum_whole("case when outcome = 'unknown' then passengers end") }} as unknown_passengers,

    -- of the judged ones
    {{ count_legs("outcome = 'missed'") }} as missed_connections,
    {{ sum_whole("case when outcome = 'missed' then passengers end") }} as missed_passengers,
    {{ sum_whole(
        "case when (outcome = 'missed' and connection_result = 'made')"
        " or (outcome = 'made' and connection_result = 'missed') then passengers end"
    ) }} as contradicted_passengers,
    max(data_label) as data_label
from judged
group by operating_date, airport, leg_uid
