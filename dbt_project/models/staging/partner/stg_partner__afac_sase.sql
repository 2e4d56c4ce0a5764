-- Written by `aero feed sync` from aero_assets/feeds/partner/afac_sase.toml; change it there.
with first_received as (

    {{ first_received(source('partner', 'afac_sase'), date_column='month_start_on') }}

)

select
    cast(month_start_on as date) as month_start_on,
    cast(edition_at as timestamp) as edition_at,
    cast(through_month as integer) as through_month,
    cast(figures_digest as varchar) as figures_digest,
    cast(service as varchar) as service,
    cast(market as varchar) as market,
    cast(origin_city as varchar) as origin_city,
    cast(origin_country as varchar) as origin_country,
    cast(destination_city as varchar) as destination_city,
    cast(destination_country as varchar) as destination_country,
    cast(flights as integer) as flights,
    cast(passengers as integer) as passengers,
    cast(cargo_kg as double precision) as cargo_kg,
    cast(source as varchar) as source,
    cast(attempt as integer) as attempt,
    cast(is_actual as boolean) as is_actual,
    cast(version as integer) as version,
    cast(received_at as timestamp) as received_at,
    cast(event_id as varchar) as event_id,
    cast(raw_ref as varchar(2048)) as raw_ref
from first_received
