{{ config(meta={'dagster': {'ref': {'name': 'fct_carrier_day'}}}) }}
-- Every figure of a day is the same counted from its legs, and a day is in both or in neither.
{{ days_that_differ_from_legs(ref('fct_carrier_day')) }}
