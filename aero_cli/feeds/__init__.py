"""`aero feed`: it writes a register entry from a sample file, generates the dbt files and checks a feed."""
