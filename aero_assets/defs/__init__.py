"""Dagster definitions, one folder per layer of the data flow."""
