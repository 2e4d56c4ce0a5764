{# A model's schema is what dbt_project.yml says, on every target: environments differ by database, not by prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
