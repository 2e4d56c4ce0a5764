"""What others own and we watch."""
