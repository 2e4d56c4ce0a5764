"""What Glue, Athena and Spectrum are told."""
