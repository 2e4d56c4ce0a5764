"""The extract of the operational database: the Glue job, and the migrations that make what it reads."""
