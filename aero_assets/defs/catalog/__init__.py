"""The catalog that Glue, Athena and Spectrum read."""
