"""The Dagster code location: assets, their inputs, jobs, sensors and schedules; the register of feeds; the lake."""
