{{ config(meta={'touches': [-1, 1]}) }}
{%- set late_above_minutes = 15 -%}

-- Who answers for a delay may be said by a leg of the day before: that of the root of its chain.
with blamed as (

    select
        operating_date,
        leg_uid,
        case when scheme = 'BTS' then 0 else 1 end as by_code,
        delay_minutes as minutes,
        is_imputable
    from {{ ref('fct_leg_delay') }}
    where {{ where_operating_dates(touches=[-1, 1]) }}

),

imputed as (

    {{ answers_of_legs('blamed') }}

)

select
    legs.leg_uid,
    legs.operating_date,
    legs.carrier,
    {{ route_of_leg('legs') }},
    legs.departure_delay_minutes,
    legs.departure_delay_minutes > {{ late_above_minutes }} as is_late,
    imputed.leg_uid is not null as is_answered,
    coalesce(imputed.is_imputable, false) as is_imputable,
    legs.data_label
from {{ ref('fct_leg') }} as legs
left join imputed on legs.operating_date = imputed.operating_date and legs.leg_uid = imputed.leg_uid
where
    legs.is_operated
    and legs.departure_delay_minutes is not null
    and {{ where_operating_dates('legs.operating_date', touches=[-1, 1]) }}
