{{ config(meta={'dagster': {'ref': {'name': 'fct_flight_number_day'}}}) }}
{{ days_that_differ_from_legs(ref('fct_flight_number_day')) }}
