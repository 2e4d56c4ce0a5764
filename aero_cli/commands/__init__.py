"""The commands of `aero`, one module per subject. Slow imports stand inside the functions."""
