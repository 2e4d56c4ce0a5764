{{ config(sort=['operating_date'], meta={'date_column': 'operating_date'}) }}

with plans as (

    select
        *,
        cast(coalesce(destination, 'unknown') as varchar) as known_destination
    from {{ ref('fct_schedule') }}
    where {{ where_operating_dates() }}

),

-- Of a carrier that had no plan by then, nothing was added and nothing dropped: nobody knows.
carriers as (

    select
        operating_date,
        carrier,
        max(case when is_frozen_d1 then 1 else 0 end) as knows_d1,
        max(case when is_frozen_d7 then 1 else 0 end) as knows_d7
    from plans
    group by operating_date, carrier

),

-- A leg that was planned to two airports, one after the other, has a row for each.
planned as (

    select
        operating_date,
        carrier,
        leg_uid,
        max(flight_number) as flight_number,
        max(operational_suffix) as operational_suffix,
        origin,
        known_destination as destination,
        max(case when is_frozen_d1 then 1 else 0 end) as in_d1,
        max(case when is_frozen_d7 then 1 else 0 end) as in_d7,
        max(std_at) as std_at,
        max(data_label) as data_label
    from plans
    where is_frozen_d1 or is_frozen_d7
    group by operating_date, carrier, leg_uid, origin, known_destination

),

legs as (

    select
        operating_date,
        carrier,
        leg_uid,
        flight_number,
        operational_suffix,
        {{ route_of_leg() }},
        std_at,
        is_operated,
        is_cancelled,
        is_departure_due,
        data_label
    from {{ ref('fct_leg') }}
    where {{ where_operating_dates() }}

),

-- A leg that nobody speaks of any more is due once legs as late in the day are.
reached as (

    select
        operating_date,
        max(case when is_departure_due then std_at end) as reached_at
    from legs
    group by operating_date

),

flown as (

    select legs.*
    from legs
    inner join carriers on legs.operating_date = carriers.operating_date and legs.carrier = carriers.carrier

),

-- A leg that went to another airport than planned was dropped from one route and added to another.
compared as (

    select
        coalesce(flown.operating_date, planned.operating_date) as operating_date,
        coalesce(flown.carrier, planned.carrier) as carrier,
        coalesce(flown.leg_uid, planned.leg_uid) as leg_uid,
        coalesce(flown.flight_number, planned.flight_number) as flight_number,
        coalesce(flown.operational_suffix, planned.operational_suffix) as operational_suffix,
        coalesce(flown.origin, planned.origin) as origin,
        coalesce(flown.destination, planned.destination) as destination,
        flown.leg_uid is not null as is_leg,
        coalesce(flown.is_operated, false) as is_operated,
        coalesce(flown.is_cancelled, false) as is_cancelled,
        flown.is_departure_due,
        coalesce(flown.std_at, planned.std_at) as std_at,
        coalesce(planned.in_d1 = 1, false) as in_d1,
        coalesce(planned.in_d7 = 1, false) as in_d7,
        coalesce(flown.data_label, planned.data_label) as data_label
    from flown
    full outer join planned
        on
            flown.operating_date = planned.operating_date
            and flown.leg_uid = planned.leg_uid
            and flown.destination = planned.destination

),

joined as (

    select
        compared.*,
        carriers.knows_d1,
        carriers.knows_d7,
        reached.reached_at
    from compared
    inner join carriers
        on compared.operating_date = carriers.operating_date and compared.carrier = carriers.carrier
    left join reached on compared.operating_date = reached.operating_date

),

-- Silent is a leg that is due, and of which nobody said that it left or was cancelled.
judged as (

    select
        *,
        coalesce(is_departure_due, {{ is_due('std_at', 'reached_at') }}) as is_due,
        is_leg and not is_operated and not is_cancelled as is_silent
    from joined

)

select
    operating_date,
    leg_uid,
    carrier,
    flight_number,
    operational_suffix,
    origin,
    destination,
    origin || '-' || destination as route,
    std_at,

    -- as known now
    case when is_leg then 1 else 0 end as legs,
    case when is_operated then 1 else 0 end as operated_legs,

    -- against each frozen plan: empty where the carrier had none by then
    {%- for horizon in ['d1', 'd7'] %}
    {%- for name, condition in {
        'scheduled_legs': 'in_plan',
        'added_legs': 'is_leg and not in_plan',
        'dropped_legs': 'in_plan and not is_leg',
        'judged_scheduled_legs': 'in_plan and is_due and not is_silent',
        'operated_scheduled_legs': 'in_plan and is_operated',
        'silent_scheduled_legs': 'in_plan and is_due and is_silent',
    }.items() %}
    case
        when knows_{{ horizon }} = 1
            then case when {{ condition | replace('in_plan', 'in_' ~ horizon) }} then 1 else 0 end
    end as {{ name }}_{{ horizon }},
    {%- endfor %}
    {%- endfor %}
    data_label
from judged
