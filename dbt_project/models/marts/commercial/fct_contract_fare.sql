{{ config(sort=['fiscal_year_start_on'], meta={'date_column': 'fiscal_year_start_on'}) }}
with fares as (

    {{ last_word(
        ref('stg_partner__gsa_fares'),
        ['fiscal_year_start_on', 'effective_on', 'origin', 'destination', 'carrier']
    ) }}

)

select
    fiscal_year_start_on,
    effective_on,
    expires_on,
    origin,
    destination,
    origin || '-' || destination as route,
    carrier,
    is_nonstop,
    passengers,
    yca_fare_usd,
    ca_fare_usd,
    business_fare_usd,
    cp_fare_usd
from fares
