"""Tables of the Glue catalog, which Athena and Spectrum read."""
