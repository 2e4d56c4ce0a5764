{# Generic test: these columns are never null. One scan of the model tests all of them. #}
{% test filled(model, columns) %}
select *
from {{ model }}
where
    {%- for column in columns %}
    {{ 'or ' if not loop.first }}{{ column }} is null
    {%- endfor %}
{% endtest %}
