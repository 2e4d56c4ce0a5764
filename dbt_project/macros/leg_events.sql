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


{% macro said_by_event() -%}
    {#- Field of a leg fact → what an event says of it, where that is not its own column: aero_streaming.events.to_fact. -#}
    {%- set said = {
        'attempt': 'cast(attempt as integer)', 'is_cancelled': says_cancelled(), 'is_diverted': says_diverted()
    } -%}
    {%- for field in [
        'destination', 'tail', 'aircraft_type', 'std_at', 'sta_at', 'std_utc_offset_minutes', 'sta_utc_offset_minutes',
        'seats', 'data_label'
    ] -%}
        {%- do said.update({field: 'case when describes_leg then ' ~ field ~ ' end'}) -%}
    {%- endfor -%}
    {%- for field in ['out_at', 'off_at', 'on_at', 'in_at'] -%}
        {%- do said.update({field: 'coalesce(' ~ field ~ ', estimated_' ~ field ~ ')'}) -%}
    {%- endfor -%}
    {{ return(said) }}
{%- endmacro %}


{% macro leg_event_columns(lacks=[], instead={}) -%}
    {#- What the leg merge is made of in every model of events of legs. What happens is told by the type. -#}
    {%- set fields = var('merge_fields').keys() | reject('in', ['is_cancelled', 'is_diverted']) | list -%}
    {{ leg_columns(
        ['event_id', 'leg_uid', 'event_type', 'event_time'] + leg_identity() + fields + leg_estimates()
        + ['source', 'is_actual', 'version', 'received_at', 'raw_ref'], lacks, instead) }}
{%- endmacro %}


{% macro leg_estimates() -%}
    {{ return(['estimated_out_at', 'estimated_off_at', 'estimated_on_at', 'estimated_in_at']) }}
{%- endmacro %}
