"""`aero feed`: from a sample file to a registered feed, its files for dbt, and the check of one that is written."""
