{{ config(sort=['month_start_on'], meta={'date_column': 'month_start_on'}) }}
-- Planners write shares in percent; here they are numbers from 0 to 1, as the KPIs are.
with targets as (

    {{ last_word(ref('stg_partner__targets'), ['month_start_on', 'carrier', 'origin', 'destination', 'kpi']) }}

)

select
    month_start_on,
    cast(case when carrier = '' then 'all' else carrier end as varchar) as carrier,
    origin,
    destination,
    cast(case when origin = '' then 'network' else origin || '-' || destination end as varchar) as route,
    kpi,
    cast(
        case
            when kpi in ('otp_a14', 'otp_d15', 'completion', 'load_factor') then target_value / 100
            else target_value
        end
        as double precision
    ) as target_value,
    data_label
from targets
