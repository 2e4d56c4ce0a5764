{{ config(materialized='view', bind=false) }}
-- A view: an aircraft that arrives brings its staging view up to date, and no run builds what follows from it.
select
    tail,
    aircraft_type,
    seats,
    in_service_on,
    deleted_at as withdrawn_at,
    data_label
from {{ ref('stg_opsdb__aircraft') }}
