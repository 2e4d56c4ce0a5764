with source as (

    select * from {{ source('opsdb', 'aircraft') }}

),

first_received as (

    {{ first_received('source', date_column='in_service_on') }}

),

-- A row is said again with every change: its latest version is what the database holds. Its business date may be
-- corrected too, so versions are compared across dates; of a fleet that costs nothing.
latest as (

    select *
    from first_received
    qualify
        row_number() over (
            partition by tail
            order by version desc, received_at desc, event_id desc
        ) = 1

),

renamed as (

    select
        cast(tail as varchar) as tail,
        cast(aircraft_type as varchar) as aircraft_type,
        cast(seats as integer) as seats,
        cast(in_service_on as date) as in_service_on,
        cast(data_label as varchar) as data_label,
        cast(updated_at as timestamp) as updated_at,
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
