"""The raw zone: data as received."""
