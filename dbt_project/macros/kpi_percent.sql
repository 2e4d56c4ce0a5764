{#
    A KPI in percent from the sums of a mart, at the grain of the query; null where nothing is in its denominator.

    Written by `python -m tools.figures` from aero_streaming/figures/kpis.toml; change it there.
#}
{% macro kpi_percent(kpi) -%}
    {%- set formulas = {
        "otp_a14": (["a14_on_time_legs"], ["arr_tracked_legs"]),
        "otp_a14_oag": (["a14_on_time_legs"], ["arr_due_legs"]),
        "otp_a14_dot": (["a14_on_time_legs"], ["arr_due_legs"]),
        "otp_d0": (["d0_on_time_legs"], ["dep_tracked_legs"]),
        "otp_d15": (["d15_on_time_legs"], ["dep_tracked_legs"]),
        "otp_a0": (["a0_on_time_legs"], ["arr_tracked_legs"]),
        "completion": (["operated_legs"], ["operated_legs", "due_cancelled_legs"]),
        "cancel_rate": (["due_cancelled_legs"], ["due_legs"]),
        "divert_rate": (["diverted_legs"], ["operated_legs"]),
        "load_factor": (["passenger_km"], ["seat_km"]),
    } -%}
    {%- set numerator, denominator = formulas[kpi] -%}
    100.0 * (sum({{ numerator | join(') + sum(') }})) / nullif(sum({{ denominator | join(') + sum(') }}), 0)
{%- endmacro %}
