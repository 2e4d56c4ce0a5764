{# JSON behind every statement, so that a query in the warehouse's log names its run and its node. #}
{% macro query_comment(node) -%}
    {%- set comment = {
        'app': 'dbt',
        'run_id': env_var('DAGSTER_RUN_ID', ''),
        'invocation_id': invocation_id,
        'target': target.name,
        'node': node.unique_id if node else none,
    } -%}
    {{ tojson(comment) }}
{%- endmacro %}
