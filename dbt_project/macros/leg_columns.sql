{#
    The columns that models of leg facts and of leg events share, so that none of them lists the merge fields again.
    `lacks` are fields that a source says nothing about: null in the type of the field. `instead` is field → expression
    where a source says it in another way.
#}

{% macro leg_fact_columns(lacks=[], instead={}) -%}
    {#- What the leg merge reads, the same columns in the same order for every source. -#}
    {{ leg_columns(
        ['event_id', 'leg_uid', 'source', 'attempt', 'is_actual', 'version', 'received_at', 'raw_ref']
        + leg_identity() + var('merge_fields').keys() | list, lacks, instead) }}
{%- endmacro %}


{% macro leg_identity() -%}
    {#- What a leg is known by, beside its hash. -#}
    {{ return(['operating_date', 'carrier', 'flight_number', 'operational_suffix', 'leg_sequence', 'origin']) }}
{%- endmacro %}


{% macro leg_columns(names, lacks, instead) -%}
    {#- These columns, each as it is, as nothing, or as an expression. -#}
    {%- set unknown = (lacks + instead.keys() | list) | reject('in', names) | list -%}
    {%- if unknown -%}
        {%- do exceptions.raise_compiler_error('no column of a leg fact or event: ' ~ unknown | join(', ')) -%}
    {%- endif -%}
    {%- for name in names %}
    {% if name in lacks -%} cast(null as {{ leg_column_type(name) }}) as {{ name }}
    {%- elif name in instead -%} {{ instead[name] }} as {{ name }}
    {%- else -%} {{ name }}
    {%- endif -%}
    {{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro leg_column_type(name) -%}
    {%- set type = var('merge_fields')[name]['type'] if name in var('merge_fields') else 'timestamp' -%}
    {{ 'varchar' if type == 'text' else type }}
{%- endmacro %}
