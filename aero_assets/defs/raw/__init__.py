"""What came in, as received."""
