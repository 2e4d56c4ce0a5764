{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leg'}}}) }}
-- Times or registration of one of the legs are wrong; a warning for people. A minute of overlap is rounding.
with flights as (

    select
        leg_uid,
        tail,
        carrier,
        flight_number,
        origin,
        destination,
        out_at,
        in_at,
        max(in_at) over (
            partition by tail order by out_at, leg_uid rows between unbounded preceding and 1 preceding
        ) as earlier_in_at
    from {{ ref('fct_leg') }}
    where
        {{ where_operating_dates() }}
        and tail is not null
        and out_at is not null
        and in_at is not null
        and time_problem is null

)

select
    leg_uid,
    tail,
    carrier,
    flight_number,
    origin,
    destination,
    out_at,
    in_at,
    earlier_in_at
from flights
where {{ minutes_between('out_at', 'earlier_in_at') }} > 1
