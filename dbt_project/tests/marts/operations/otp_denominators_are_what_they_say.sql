{{ config(meta={'dagster': {'ref': {'name': 'fct_otp_day'}}}) }}
-- Denominators and late legs counted by the carrier-day sums, which know nothing of OTP definitions.
with otp as (

    select
        otp_day.operating_date,
        otp_day.carrier,
        otp_day.definition,
        definitions.denominator,
        definitions.event,
        sum(otp_day.legs) as legs,
        sum(otp_day.on_time_legs) as on_time_legs,
        sum(otp_day.unknown_legs) as unknown_legs
    from {{ ref('fct_otp_day') }} as otp_day
    inner join {{ ref('otp_definitions') }} as definitions on otp_day.definition = definitions.definition
    where {{ where_operating_dates('otp_day.operating_date') }}
    group by
        otp_day.operating_date, otp_day.carrier, otp_day.definition, definitions.denominator, definitions.event

),

days as (

    select * from {{ ref('fct_carrier_day') }}
    where {{ where_operating_dates() }}

)

select
    otp.operating_date,
    otp.carrier,
    otp.definition,
    otp.legs
from otp
left join days on otp.operating_date = days.operating_date and otp.carrier = days.carrier
where
    days.carrier is null
    or otp.on_time_legs + otp.unknown_legs > otp.legs
    or (otp.denominator = 'scheduled' and otp.legs <> days.arr_due_legs)
    or (otp.denominator = 'operated' and otp.legs > days.operated_legs)
    or (otp.denominator = 'operated_tracked' and otp.event = 'IN' and otp.legs <> days.arr_tracked_legs)
    or (otp.denominator = 'operated_tracked' and otp.event = 'OUT' and otp.legs <> days.dep_tracked_legs)
    or (otp.definition in ('cirium_a14', 'oag_a14', 'dot_a14') and otp.on_time_legs <> days.a14_on_time_legs)
    or (otp.definition = 'd0' and otp.on_time_legs <> days.d0_on_time_legs)
    or (otp.definition = 'd15' and otp.on_time_legs <> days.d15_on_time_legs)
