-- Written by `aero feed sync` from aero_assets/feeds/partner/gsa_fares.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'gsa_fares'), date_column='fiscal_year_start_on') }}

)

select
    cast(fiscal_year_start_on as date) as fiscal_year_start_on,
    cast(effective_on as date) as effective_on,
    cast(expires_on as date) as expires_on,
    cast(award_year as integer) as award_year,
    cast(item_number as integer) as item_number,
    cast(origin as varchar) as origin,
    cast(destination as varchar) as destination,
    cast(origin_country as varchar) as origin_country,
    cast(destination_country as varchar) as destination_country,
    cast(carrier as varchar) as carrier,
    cast(is_nonstop as boolean) as is_nonstop,
    cast(passengers as integer) as passengers,
    cast(yca_fare_usd as integer) as yca_fare_usd,
    cast(ca_fare_usd as integer) as ca_fare_usd,
    cast(business_fare_usd as integer) as business_fare_usd,
    cast(cp_fare_usd as integer) as cp_fare_usd,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
