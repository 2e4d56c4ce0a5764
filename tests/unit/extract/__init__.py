"""The extract of the operational database: what can be said without Spark and without a database."""
