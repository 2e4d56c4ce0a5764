"""The Dagster code location: what exists, what it is made from and when it runs."""
