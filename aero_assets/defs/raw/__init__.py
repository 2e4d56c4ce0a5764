"""The raw zone: assets for the data as received."""
