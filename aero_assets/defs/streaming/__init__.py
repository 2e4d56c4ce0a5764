"""The stream: Dagster describes and observes it, and does not run it."""
