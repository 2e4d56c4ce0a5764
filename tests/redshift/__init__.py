"""The dbt project through unmodified dbt-redshift, on a PostgreSQL that answers like Redshift where the project asks.

"dbt-redshift on PostgreSQL", never "tested on Redshift": distribution, late binding, Spectrum, IAM and cost stay open.
"""
