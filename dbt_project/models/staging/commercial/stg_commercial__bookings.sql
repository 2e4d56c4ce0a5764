with source as (

    select * from {{ source('commercial', 'bookings') }}

),

first_received as (

    {{ first_received('source') }}

),

renamed as (

    select
        -- keys
        cast(event_id as varchar) as event_id,
        cast(leg_uid as varchar) as leg_uid,

        -- what was said
        cast(event_type as varchar) as event_type,
        cast(event_time as timestamp) as event_time,
        cast(is_correction as boolean) as is_correction,

        -- identity of the leg
        cast(operating_date as date) as operating_date,
        cast(carrier as varchar) as carrier,
        cast(flight_number as integer) as flight_number,
        cast(operational_suffix as varchar) as operational_suffix,
        cast(leg_sequence as integer) as leg_sequence,
        cast(origin as varchar) as origin,
        cast(destination as varchar) as destination,

        -- the books
        cast(days_to_departure as integer) as days_to_departure,
        cast(booked_seats as integer) as booked_seats,
        cast(booked_revenue_usd as decimal(18, 2)) as booked_revenue_usd,

        -- where the fact comes from
        cast(data_label as varchar) as data_label,
        cast(source as varchar) as source,
        cast(is_actual as boolean) as is_actual,
        cast(version as integer) as version,
        cast(received_at as timestamp) as received_at,
        cast(raw_ref as varchar) as raw_ref

    from first_received

)

select * from renamed
