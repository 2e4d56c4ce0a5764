{{ config(sort=['observed_on'], meta={'date_column': 'observed_on'}) }}
-- A report is replaced by its correction; where a station sent two without saying so, by what arrived later.
with reports as (

    select
        *,
        row_number() over (
            partition by observed_on, station, observed_at, report_kind
            order by version desc, received_at desc, event_id desc
        ) as recency
    from {{ ref('stg_partner__metar') }}
    where {{ where_operating_dates('observed_on') }}

),

hours as (

    {{ last_word(ref('stg_partner__weather'), ['observed_on', 'airport', 'observed_at']) }}

),

observations as (

    select
        reports.observed_on,
        reports.observed_at,
        coalesce(dim_airport.iata, reports.station) as airport,
        reports.report_kind,
        reports.temperature_c,
        reports.dew_point_c,
        reports.wind_from_degrees,
        reports.wind_kt,
        reports.gust_kt,
        reports.visibility_miles,
        reports.has_ceiling,
        reports.ceiling_ft,
        reports.pressure_hpa,
        reports.weather
    from reports
    left join {{ ref('dim_airport') }} as dim_airport on reports.station = dim_airport.icao
    where reports.recency = 1
    union all
    select
        observed_on,
        observed_at,
        airport,
        'HOURLY' as report_kind,
        (temperature_f - 32) / 1.8 as temperature_c,
        (dew_point_f - 32) / 1.8 as dew_point_c,
        wind_from_degrees,
        -- a knot is 1.852 km an hour, a mile 1.609344 km
        wind_mph * 1.609344 / 1.852 as wind_kt,
        gust_mph * 1.609344 / 1.852 as gust_kt,
        visibility_miles,
        cast(null as boolean) as has_ceiling,
        cast(null as integer) as ceiling_ft,
        pressure_hpa,
        cast(null as varchar) as weather
    from hours

)

select
    observed_on,
    observed_at,
    cast(airport as varchar) as airport,
    cast(report_kind as varchar) as report_kind,
    cast(temperature_c as double precision) as temperature_c,
    cast(dew_point_c as double precision) as dew_point_c,
    wind_from_degrees,
    cast(wind_kt as double precision) as wind_kt,
    cast(gust_kt as double precision) as gust_kt,
    visibility_miles,
    has_ceiling,
    ceiling_ft,
    pressure_hpa,
    weather,

    -- what stops an airport: fog, thunderstorms, gusts
    visibility_miles < 0.5
    or case when has_ceiling and ceiling_ft is null then null else coalesce(ceiling_ft < 200, false) end
        as is_low_visibility,
    weather like '%TS%' as has_thunderstorm,
    coalesce(gust_kt > 30, false) as has_strong_gusts
from observations
