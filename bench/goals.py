"""Goals: what each recorded figure is held against, the one place that says so.

A goal is read by machine: `ratio` is the figure divided by its baseline of the same run, `value` the figure itself. Why
a goal is what it is stands in the module that measures the figure.
"""

GOALS = {
    "airline": "ratio >= 0.1",
    "alert_handler": "ratio >= 0.015",
    "backtest_14_days": "value <= 60",
    "code_location_load": "ratio <= 1.5",
    "dashboard_first_run": "value <= 3",
    "dashboard_interaction_p95": "value <= 1.5",
    "dbt_build": "ratio <= 3",
    "dbt_build_with_tests": "ratio <= 4",
    "dbt_parse": "ratio <= 1.1",
    "door_memory": "value < 256",
    "extract_memory": "ratio <= 1.3",
    "extract_rows": "ratio >= 0.03",
    "flink_rate_event": "ratio >= 0.5",
    "flink_rate_state": "ratio >= 0.5",
    "launch_year": "value <= 15",
    "live_latency_100_all_message_p99": "value <= 60000",
    "live_latency_100_all_row_p99": "value <= 60000",
    "live_latency_100_tenth_message_p99": "value <= 1000",
    "live_latency_100_tenth_row_p99": "value <= 1000",
    "live_latency_10_all_message_p99": "value <= 1000",
    "live_latency_10_all_row_p99": "value <= 1000",
    "live_latency_first_alert": "value <= 10000",
    "live_memory": "value <= 4096",
    "live_start_to_first_alert": "value <= 120",
    "mvt_messages": "ratio >= 1",
    "mvt_messages_kept": "ratio >= 1",
    "one_operating_day": "ratio <= 1.5",
    "one_operating_day_wall": "ratio <= 1.5",
    "record_year": "ratio >= 5",
    "publish_one_day": "ratio <= 0.5",
    "publish_year": "ratio <= 6",
    "ssim_legs": "ratio >= 0.05",
    "ssim_records": "ratio >= 0.05",
    "typed_rows": "ratio >= 0.35",
}
