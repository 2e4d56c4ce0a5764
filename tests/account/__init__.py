"""Checks of a real Redshift Serverless workgroup: what neither DuckDB nor a PostgreSQL in its place can answer.

`make account` runs them, in the shell of an account whose stacks are deployed and set up and whose marts are built
once. No tier of `make test` does; without the variables of an account they are skipped.
"""
