with source as (

    select * from {{ source('opsdb', 'fx_rates') }}

),

first_received as (

    {{ first_received('source', date_column='rate_date') }}

),

-- A row is said again with every change: its latest version is what the database holds.
latest as (

    select *
    from first_received
    qualify
        row_number() over (
            partition by rate_date, currency
            order by version desc, received_at desc, event_id desc
        ) = 1

),

renamed as (

    select
        cast(rate_date as date) as rate_date,
        cast(currency as varchar) as currency,
        cast(usd_per_unit as double precision) as usd_per_unit,
        cast(published_by as varchar) as published_by,
        cast(data_label as varchar) as data_label,
        cast(deleted_at as timestamp) as deleted_at,
        cast(source as varchar) as source,
        cast(is_actual as boolean) as is_actual,
        cast(version as integer) as version,
        cast(received_at as timestamp) as received_at,
        cast(event_id as varchar) as event_id,
        cast(raw_ref as varchar) as raw_ref

    from latest

)

select * from renamed
