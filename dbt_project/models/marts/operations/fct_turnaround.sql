{{ config(meta={'touches': [-1, 1]}) }}
{%- set late_inbound_minutes = 5 -%}

-- A turn is known where an aircraft came in and left, both with their times, at the same station.
with turns as (

    select
        *,
        prev_arrival_delay_minutes <= {{ late_inbound_minutes }} as is_inbound_on_time
    from {{ ref('fct_rotation') }}
    where rotation_link = 'linked' and {{ where_operating_dates(touches=[-1, 1]) }}

),

-- An aircraft that came late has what is left until STD, but no less than its minimum.
allowed as (

    select
        *,
        case
            when is_inbound_on_time then planned_ground_minutes
            else greatest(minimum_ground_minutes, planned_ground_minutes - prev_arrival_delay_minutes)
        end as allowed_ground_minutes
    from turns

)

select
    leg_uid,
    prev_leg_uid,
    operating_date,
    carrier,
    origin as station,
    tail,
    aircraft_type,
    planned_ground_minutes,
    actual_ground_minutes,
    minimum_ground_minutes,
    allowed_ground_minutes,
    prev_arrival_delay_minutes,
    departure_delay_minutes,
    is_inbound_on_time,
    actual_ground_minutes <= allowed_ground_minutes as is_compliant,
    data_label
from allowed
