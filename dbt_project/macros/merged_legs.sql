{# The merge as a query over facts: a relation with the columns of int_leg_fact. #}
{% macro merged_legs(facts) -%}
    with facts as (

        select * from {{ facts }}
        where {{ where_operating_dates() }}

    ),

    contested_legs as (

        select
            operating_date,
            leg_uid
        from facts
        group by operating_date, leg_uid
        having count(*) > 1

    ),

    -- The maximum of one fact is the fact. Most legs of a history have one, and building keys for them
    -- would cost ten times as much; a test holds both ways to the same oracle.
    uncontested as (

        select facts.*
        from facts
        left join contested_legs
            on facts.operating_date = contested_legs.operating_date and facts.leg_uid = contested_legs.leg_uid
        where contested_legs.leg_uid is null

    ),

    ranked as (

        select
            facts.*,
            {{ merge_rank('operational') }} as operational_rank,
            {{ merge_rank('schedule') }} as schedule_rank,
            {{ merge_rank('passengers') }} as passengers_rank,
            {{ merge_rank('delay_codes') }} as delay_codes_rank
        from facts
        inner join contested_legs
            on facts.operating_date = contested_legs.operating_date and facts.leg_uid = contested_legs.leg_uid

    ),

    attempts as (

        select
            operating_date,
            leg_uid,
            attempt,
            max(attempt) over (partition by operating_date, leg_uid) as last_attempt,

            -- the same in every fact of a leg: leg_uid is their hash
            max(carrier) as carrier,
            max(flight_number) as flight_number,
            max(operational_suffix) as operational_suffix,
            max(leg_sequence) as leg_sequence,
            max(origin) as origin,

            {{ merge_key('destination') }} as destination,
            {{ merge_key('tail') }} as tail,
            {{ merge_key('aircraft_type') }} as aircraft_type,
            {{ merge_key('std_at') }} as std_at,
            {{ merge_key('sta_at') }} as sta_at,
            {{ merge_key('std_utc_offset_minutes') }} as std_utc_offset_minutes,
            {{ merge_key('sta_utc_offset_minutes') }} as sta_utc_offset_minutes,
            {{ merge_key('distance_miles') }} as distance_miles,
            {{ merge_key('seats') }} as seats,
            {{ merge_key('data_label') }} as data_label,
            {{ merge_key('out_at') }} as out_at,
            {{ merge_key('off_at') }} as off_at,
            {{ merge_key('on_at') }} as on_at,
            {{ merge_key('in_at') }} as in_at,
            {{ merge_key('is_cancelled') }} as is_cancelled,
            {{ merge_key('is_diverted') }} as is_diverted,
            {{ merge_key('passengers') }} as passengers,
            {{ merge_key('cancellation_code') }} as cancellation_code,
            {{ merge_key('delay_codes') }} as delay_codes,
            {{ merge_key('carrier_delay_minutes') }} as carrier_delay_minutes,
            {{ merge_key('weather_delay_minutes') }} as weather_delay_minutes,
            {{ merge_key('nas_delay_minutes') }} as nas_delay_minutes,
            {{ merge_key('security_delay_minutes') }} as security_delay_minutes,
            {{ merge_key('late_aircraft_delay_minutes') }} as late_aircraft_delay_minutes
        from ranked
        group by operating_date, leg_uid, attempt

    ),

    legs as (

        select
            operating_date,
            leg_uid,
            max(last_attempt) as attempts,
            max(carrier) as carrier,
            max(flight_number) as flight_number,
            max(operational_suffix) as operational_suffix,
            max(leg_sequence) as leg_sequence,
            max(origin) as origin,

            {{ merge_attempts('destination') }} as destination,
            {{ merge_attempts('tail') }} as tail,
            {{ merge_attempts('aircraft_type') }} as aircraft_type,
            {{ merge_attempts('std_at') }} as std_at,
            {{ merge_attempts('sta_at') }} as sta_at,
            {{ merge_attempts('std_utc_offset_minutes') }} as std_utc_offset_minutes,
            {{ merge_attempts('sta_utc_offset_minutes') }} as sta_utc_offset_minutes,
            {{ merge_attempts('distance_miles') }} as distance_miles,
            {{ merge_attempts('seats') }} as seats,
            {{ merge_attempts('data_label') }} as data_label,
            {{ merge_attempts('out_at') }} as out_at,
            -- whatever the policy: the departure that led to the flight, for block and taxi times
            max(case when attempt = last_attempt then out_at end) as last_out_at,
            {{ merge_attempts('off_at') }} as off_at,
            {{ merge_attempts('on_at') }} as on_at,
            {{ merge_attempts('in_at') }} as in_at,
            {{ merge_attempts('is_cancelled') }} as is_cancelled,
            {{ merge_attempts('is_diverted') }} as is_diverted,
            {{ merge_attempts('passengers') }} as passengers,
            {{ merge_attempts('cancellation_code') }} as cancellation_code,
            {{ merge_attempts('delay_codes') }} as delay_codes,
            {{ merge_attempts('carrier_delay_minutes') }} as carrier_delay_minutes,
            {{ merge_attempts('weather_delay_minutes') }} as weather_delay_minutes,
            {{ merge_attempts('nas_delay_minutes') }} as nas_delay_minutes,
            {{ merge_attempts('security_delay_minutes') }} as security_delay_minutes,
            {{ merge_attempts('late_aircraft_delay_minutes') }} as late_aircraft_delay_minutes
        from attempts
        group by operating_date, leg_uid

    ),

    merged as (

        select
            leg_uid,

            -- identity of the leg
            operating_date,
            carrier,
            flight_number,
            operational_suffix,
            leg_sequence,
            origin,
            attempts,

            -- schedule
            {{ merged_value('destination') }} as destination,
            {{ merged_value('tail') }} as tail,
            {{ merged_value('aircraft_type') }} as aircraft_type,
            {{ merged_value('std_at') }} as std_at,
            {{ merged_value('sta_at') }} as sta_at,
            {{ merged_value('std_utc_offset_minutes') }} as std_utc_offset_minutes,
            {{ merged_value('sta_utc_offset_minutes') }} as sta_utc_offset_minutes,
            {{ merged_value('distance_miles') }} as distance_miles,
            {{ merged_value('seats') }} as seats,
            {{ merged_value('data_label') }} as data_label,

            -- times, all UTC: what happened, else the best estimate
            {{ merged_actual('out_at') }} as out_at,
            {{ merged_estimate('out_at') }} as estimated_out_at,
            {{ merged_actual('out_at', key='last_out_at') }} as last_out_at,
            {{ merged_actual('off_at') }} as off_at,
            {{ merged_estimate('off_at') }} as estimated_off_at,
            {{ merged_actual('on_at') }} as on_at,
            {{ merged_estimate('on_at') }} as estimated_on_at,
            {{ merged_actual('in_at') }} as in_at,
            {{ merged_estimate('in_at') }} as estimated_in_at,

            -- status
            {{ merged_value('is_cancelled') }} as is_cancelled,
            {{ merged_value('cancellation_code') }} as cancellation_code,
            {{ merged_value('is_diverted') }} as is_diverted,

            -- load and causes
            {{ merged_value('passengers') }} as passengers,
            {{ merged_value('delay_codes') }} as delay_codes,
            {{ merged_value('carrier_delay_minutes') }} as carrier_delay_minutes,
            {{ merged_value('weather_delay_minutes') }} as weather_delay_minutes,
            {{ merged_value('nas_delay_minutes') }} as nas_delay_minutes,
            {{ merged_value('security_delay_minutes') }} as security_delay_minutes,
            {{ merged_value('late_aircraft_delay_minutes') }} as late_aircraft_delay_minutes
        from legs

    ),

    single as (

        select
            leg_uid,

            -- identity of the leg
            operating_date,
            carrier,
            flight_number,
            operational_suffix,
            leg_sequence,
            origin,
            attempt as attempts,

            -- schedule
            destination,
            tail,
            aircraft_type,
            std_at,
            sta_at,
            std_utc_offset_minutes,
            sta_utc_offset_minutes,
            distance_miles,
            seats,
            data_label,

            -- times, all UTC: what happened, else the best estimate
            {{ single_time('out_at', 'is_actual') }} as out_at,
            {{ single_time('out_at', 'not is_actual') }} as estimated_out_at,
            case when is_actual then out_at end as last_out_at,
            {{ single_time('off_at', 'is_actual') }} as off_at,
            {{ single_time('off_at', 'not is_actual') }} as estimated_off_at,
            {{ single_time('on_at', 'is_actual') }} as on_at,
            {{ single_time('on_at', 'not is_actual') }} as estimated_on_at,
            {{ single_time('in_at', 'is_actual') }} as in_at,
            {{ single_time('in_at', 'not is_actual') }} as estimated_in_at,

            -- status
            is_cancelled,
            cancellation_code,
            is_diverted,

            -- load and causes
            passengers,
            delay_codes,
            carrier_delay_minutes,
            weather_delay_minutes,
            nas_delay_minutes,
            security_delay_minutes,
            late_aircraft_delay_minutes
        from uncontested

    )

    select * from merged
    union all
    select * from single
{%- endmacro %}
