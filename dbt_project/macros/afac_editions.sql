{#
    Editions of each month that AFAC published, in their order: one that reaches a later month is later, then one that was
    first saved later. A workbook that was saved again with the same figures is the edition that it was.
#}
{% macro afac_editions(relation) -%}
    select
        month_start_on,
        edition_at,
        figures_digest,
        row_number() over (partition by month_start_on order by through_month, edition_at, figures_digest) as turn,
        row_number() over (
            partition by month_start_on order by through_month desc, edition_at desc, figures_digest desc
        ) as recency
    from (
        select
            month_start_on,
            through_month,
            figures_digest,
            min(edition_at) as edition_at
        from {{ relation }}
        where {{ where_operating_dates('month_start_on') }}
        group by month_start_on, through_month, figures_digest
    ) as saved
{%- endmacro %}
