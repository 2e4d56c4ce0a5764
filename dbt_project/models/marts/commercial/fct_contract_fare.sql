{{ config(sort=['effective_on'], meta={'date_column': 'effective_on'}) }}
select
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
from {{ ref('stg_partner__gsa_fares') }}
where {{ where_operating_dates('effective_on') }}
