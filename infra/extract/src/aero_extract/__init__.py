"""The extract of the operational database: the Glue job, and the migrations that create its source tables."""
