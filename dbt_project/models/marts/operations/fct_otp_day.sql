-- What counts as on time is data: seeds/reference/otp_definitions.csv, written from the register of figures.
with legs as (

    select * from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}

),

-- Definitions over times that legs do not carry (slots) have no inputs, hence no rows.
definitions as (

    select * from {{ ref('otp_definitions') }}
    where
        (event = 'OUT' and reference = 'STD')
        or (event = 'IN' and reference = 'STA')

),

measured as (

    select
        legs.operating_date,
        legs.carrier,
        {{ route_of_leg('legs') }},
        coalesce(legs.std_local_hour, -1) as std_local_hour,
        legs.is_cancelled,
        legs.is_operated,
        definitions.definition,
        definitions.denominator,
        definitions.late_if_ge,
        definitions.late_if_gt,
        definitions.early_if_lt,
        -- a diverted leg never arrives on time, its arrival time known or not
        definitions.event = 'IN' and legs.is_diverted as is_missed,
        case when definitions.event = 'OUT' then legs.is_departure_due else legs.is_arrival_due end as is_due,
        case
            when definitions.event = 'OUT' then legs.departure_delay_minutes
            else legs.arrival_delay_minutes
        end as delay_minutes
    from legs
    cross join definitions

),

counted as (

    select
        *,
        not is_cancelled and not is_missed and delay_minutes is null as is_unknown,
        not is_cancelled and not is_missed
        and delay_minutes is not null
        and (late_if_ge is null or delay_minutes < late_if_ge)
        and (late_if_gt is null or delay_minutes <= late_if_gt)
        and (early_if_lt is null or delay_minutes >= early_if_lt) as is_on_time
    from measured
    where
        (denominator = 'scheduled' and is_due)
        or (denominator = 'operated' and is_operated and is_due)
        or (denominator = 'operated_tracked' and is_operated and (is_missed or delay_minutes is not null))

)

select
    operating_date,
    carrier,
    origin,
    destination,
    route,
    std_local_hour,
    definition,
    count(*) as legs,
    {{ count_legs('is_on_time') }} as on_time_legs,
    {{ count_legs('is_unknown') }} as unknown_legs
from counted
group by operating_date, carrier, origin, destination, route, std_local_hour, definition
