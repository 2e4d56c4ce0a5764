{#
    What the types of leg events say by being there, over the column event_type. The vocabulary is
    aero_streaming/events/types.py; a test holds the facts made here against those that it makes.
#}

{% macro describes_leg() -%}
    {#- Whether the sender sees the plan or the aircraft; elsewhere the description travels for the reader's sake. -#}
    event_type in ('schedule', 'estimate', 'out', 'off', 'on', 'in', 'load')
{%- endmacro %}


{% macro is_return() -%}
    {#- Whether the next departure is another attempt. -#}
    event_type in ('return_to_ramp', 'air_return')
{%- endmacro %}


{% macro says_cancelled() -%}
    case
        when event_type = 'cancel' then true
        when event_type in ('reinstate', 'schedule', 'estimate') then false
    end
{%- endmacro %}


{% macro says_diverted() -%}
    case
        when event_type = 'divert' then true
        when event_type in ('schedule', 'estimate') then false
    end
{%- endmacro %}


{% macro leg_event_columns() -%}
    {#- What the leg merge is made of in every model of events of legs. -#}
    event_id,
    leg_uid,
    event_type,
    event_time,
    operating_date,
    carrier,
    flight_number,
    operational_suffix,
    leg_sequence,
    origin,
    destination,
    tail,
    aircraft_type,
    std_at,
    sta_at,
    std_utc_offset_minutes,
    sta_utc_offset_minutes,
    distance_miles,
    seats,
    data_label,
    passengers,
    out_at,
    off_at,
    on_at,
    in_at,
    estimated_out_at,
    estimated_off_at,
    estimated_on_at,
    estimated_in_at,
    cancellation_code,
    delay_codes,
    carrier_delay_minutes,
    weather_delay_minutes,
    nas_delay_minutes,
    security_delay_minutes,
    late_aircraft_delay_minutes,
    source,
    is_actual,
    version,
    received_at,
    raw_ref
{%- endmacro %}
