{%- set late_minutes = 15 -%}
{%- set near_minutes = 15 -%}
{%- set quickest_turn_minutes = 30 -%}

-- What an alert foretold beside what came, from final legs alone: no rule is asked again.
with alerts as (

    select * from {{ ref('fct_alert') }}
    where not is_shadow and notifications > 0 and {{ where_operating_dates() }}

),

flown as (

    select
        operating_date,
        leg_uid,
        tail,
        origin,
        std_at,
        out_at,
        departure_delay_minutes,
        greatest(coalesce(taxi_out_minutes, 0), coalesce(taxi_in_minutes, 0)) as ground_minutes,
        coalesce(late_aircraft_delay_minutes, 0) as late_aircraft_delay_minutes,
        lag(in_at) over (partition by operating_date, tail order by std_at, leg_uid) as inbound_in_at,
        lag(destination) over (partition by operating_date, tail order by std_at, leg_uid) as inbound_destination
    from {{ ref('fct_leg') }}
    where not is_cancelled and {{ where_operating_dates() }}

),

-- Delay that the aircraft brought along: as coded, else where it came too late for the quickest turn.
legs as (

    select
        *,
        late_aircraft_delay_minutes > 0
        or (
            inbound_destination = origin
            and {{ minutes_between('std_at', 'inbound_in_at') }} + {{ quickest_turn_minutes }} > 0
        ) as is_inherited
    from flown

),

-- A rotation is judged by the worst of the legs of its aircraft from the leg that it names on.
rotations as (

    select
        alerts.alert_key,
        alerts.incident,
        max(case when coalesce(later.is_inherited, false) then later.departure_delay_minutes end) as actual_minutes
    from alerts
    inner join legs as named on alerts.operating_date = named.operating_date and alerts.scope_id = named.leg_uid
    inner join legs as later
        on
            named.operating_date = later.operating_date
            and named.tail = later.tail
            and named.std_at <= later.std_at
    where alerts.rule_id = 'rotation_flight'
    group by alerts.alert_key, alerts.incident

),

shares as (

    select
        operating_date,
        'route' as scope_type,
        route as scope_id,
        {{ kpi_percent('otp_a14') }} as a14_percent,
        {{ kpi_percent('completion') }} as completion_percent
    from {{ ref('fct_route_day') }}
    where {{ where_operating_dates() }}
    group by operating_date, route

    union all

    select
        operating_date,
        'network' as scope_type,
        'network' as scope_id,
        {{ kpi_percent('otp_a14') }} as a14_percent,
        {{ kpi_percent('completion') }} as completion_percent
    from {{ ref('fct_route_day') }}
    where {{ where_operating_dates() }}
    group by operating_date

),

compared as (

    select
        alerts.*,
        alerts.rule_id in ('cancellation_flight', 'diversion_flight')
        or (alerts.rule_id = 'long_delay_flight' and coalesce(alerts.fired_at >= legs.out_at, false)) as is_fact,
        cast(
            case
                when alerts.rule_id = 'rotation_flight' then rotations.actual_minutes
                when alerts.rule_id = 'long_delay_flight' then legs.departure_delay_minutes
                when alerts.rule_id = 'tarmac_flight' then legs.ground_minutes
                when alerts.rule_id in ('a14_route_day', 'a14_network_day') then shares.a14_percent
                when alerts.rule_id = 'completion_network_day' then shares.completion_percent
            end as double precision
        ) as actual_value
    from alerts
    left join legs on alerts.operating_date = legs.operating_date and alerts.scope_id = legs.leg_uid
    left join rotations on alerts.alert_key = rotations.alert_key and alerts.incident = rotations.incident
    left join shares
        on
            alerts.operating_date = shares.operating_date
            and alerts.scope_type = shares.scope_type
            and alerts.scope_id = shares.scope_id

)

select
    operating_date,
    alert_key,
    incident,
    rule_id,
    scope_type,
    scope_id,
    route,
    fired_at,
    fired_level,
    observed_value,
    limit_value,
    actual_value,
    is_fact,
    case
        when is_fact then null
        when rule_id = 'rotation_flight' then coalesce(actual_value >= {{ late_minutes }}, false)
        when rule_id = 'long_delay_flight' then coalesce(actual_value >= limit_value - {{ near_minutes }}, false)
        when rule_id = 'tarmac_flight' then coalesce(actual_value >= limit_value, false)
        when scope_type in ('route', 'network') then actual_value < limit_value
    end as is_right,
    data_label
from compared
