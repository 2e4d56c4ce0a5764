-- Written by `aero feed sync` from aero_assets/feeds/; change it there.
{% macro leg_files() -%}
    {#- The staging models of files about legs, each with the fields of the leg merge that it does not have. -#}
    {{ return({
        'stg_partner__airline_legs': [
            'carrier_delay_minutes', 'weather_delay_minutes', 'nas_delay_minutes', 'security_delay_minutes',
            'late_aircraft_delay_minutes'
        ],
        'stg_partner__bts_arrivals': [
            'aircraft_type', 'std_utc_offset_minutes', 'distance_miles', 'seats', 'data_label', 'off_at',
            'passengers', 'cancellation_code', 'delay_codes'
        ],
        'stg_partner__bts_cancellations': [
            'aircraft_type', 'sta_at', 'sta_utc_offset_minutes', 'distance_miles', 'seats', 'data_label',
            'out_at', 'off_at', 'on_at', 'in_at', 'passengers', 'cancellation_code', 'delay_codes',
            'carrier_delay_minutes', 'weather_delay_minutes', 'nas_delay_minutes', 'security_delay_minutes',
            'late_aircraft_delay_minutes'
        ],
        'stg_partner__bts_departures': [
            'aircraft_type', 'sta_utc_offset_minutes', 'distance_miles', 'seats', 'data_label', 'on_at',
            'passengers', 'cancellation_code', 'delay_codes'
        ],
        'stg_partner__bts_ontime': [
            'aircraft_type', 'seats', 'data_label', 'passengers', 'delay_codes'
        ]
    }) }}
{%- endmacro %}
