{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_own_figure_day'}}}) }}
-- A currency without a rate counts nowhere until treasury enters it; a flight that nobody knows has no route.
select
    operating_date,
    figure,
    without_rate,
    without_leg
from {{ ref('fct_own_figure_day') }}
where told_by = 'table' and without_rate + without_leg > 0 and {{ where_operating_dates() }}
