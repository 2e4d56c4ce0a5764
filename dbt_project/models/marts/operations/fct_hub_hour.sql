-- A leg counts in the hour in which it should leave or reach the hub, by the clock of the hub.
with legs as (

    select
        *,
        {{ local_hour('sta_at', 'sta_utc_offset_minutes') }} as sta_local_hour,
        {{ minutes_between('cast(operating_date as timestamp)', 'std_at', 'bigint') }} + std_utc_offset_minutes
            as std_day_minutes,
        {{ minutes_between('cast(operating_date as timestamp)', 'sta_at', 'bigint') }} + sta_utc_offset_minutes
            as sta_day_minutes
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}

),

movements as (

    select
        operating_date,
        carrier,
        origin as hub,
        'departure' as direction,
        std_local_hour as local_hour,
        floor(std_day_minutes / 1440.0) as day_offset,
        departure_delay_minutes as delay_minutes,
        is_cancelled,
        false as is_diverted
    from legs
    union all
    select
        operating_date,
        carrier,
        destination as hub,
        'arrival' as direction,
        sta_local_hour as local_hour,
        floor(sta_day_minutes / 1440.0) as day_offset,
        arrival_delay_minutes as delay_minutes,
        is_cancelled,
        is_diverted
    from legs

)

select
    movements.operating_date,
    movements.carrier,
    movements.hub,
    cast(coalesce(movements.day_offset, 0) as integer) as day_offset,
    cast(coalesce(movements.local_hour, -1) as integer) as local_hour,
    {{ count_legs("direction = 'departure'") }} as scheduled_departures,
    {{ count_legs("direction = 'departure' and is_cancelled") }} as cancelled_departures,
    {{ count_legs("direction = 'departure' and delay_minutes is not null") }} as departed_legs,
    {{ count_legs("direction = 'departure' and delay_minutes >= 15") }} as dep_late_15_legs,
    {{ sum_whole("case when direction = 'departure' then greatest(delay_minutes, 0) end") }}
        as departure_delay_minutes,
    {{ count_legs("direction = 'arrival'") }} as scheduled_arrivals,
    {{ count_legs("direction = 'arrival' and is_cancelled") }} as cancelled_arrivals,
    {{ count_legs("direction = 'arrival' and is_diverted") }} as diverted_arrivals,
    {{ count_legs("direction = 'arrival' and delay_minutes is not null") }} as arrived_legs,
    {{ count_legs("direction = 'arrival' and delay_minutes >= 15") }} as arr_late_15_legs,
    {{ sum_whole("case when direction = 'arrival' then greatest(delay_minutes, 0) end") }} as arrival_delay_minutes
from movements
inner join {{ ref('hubs') }} as hubs on movements.hub = hubs.airport
group by
    movements.operating_date, movements.carrier, movements.hub, movements.day_offset, movements.local_hour
