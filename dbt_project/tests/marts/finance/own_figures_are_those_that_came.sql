{{ config(meta={'dagster': {'ref': {'name': 'fct_own_figure_day'}}}) }}
-- Figures of tables counted before legs and rates were looked for: none is lost on the way, none is there twice.
with from_marts as (

    select
        operating_date,
        figure,
        figures
    from {{ ref('fct_own_figure_day') }}
    where told_by = 'table' and {{ where_operating_dates() }}

),

costs as (

    {{ last_word(ref('stg_partner__costs'), [
        'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'cost_line',
        'basis', 'reference'
    ]) }}

),

revenue as (

    {{ last_word(ref('stg_partner__revenue'), [
        'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'coupon_id',
        'cabin', 'status'
    ]) }}

),

bookings as (

    {{ last_word(ref('stg_partner__bookings'), [
        'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination',
        'days_to_departure'
    ]) }}

),

cargo as (

    {{ last_word(ref('stg_partner__cargo'), [
        'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'air_waybill'
    ]) }}

),

surveys as (

    {{ last_word(ref('stg_partner__surveys'), ['operating_date', 'response_id']) }}

),

came as (

    select
        operating_date,
        'costs' as figure
    from costs

    union all

    select
        operating_date,
        'revenue' as figure
    from revenue

    union all

    select
        operating_date,
        'cargo' as figure
    from cargo

    union all

    select
        operating_date,
        'bookings' as figure
    from bookings

    union all

    select
        operating_date,
        'surveys' as figure
    from surveys

),

from_rows as (

    select
        operating_date,
        figure,
        count(*) as figures
    from came
    group by operating_date, figure

)

{{ sums_that_differ('from_marts', 'from_rows', ['figures'], by=['operating_date', 'figure']) }}
