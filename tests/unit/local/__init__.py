"""Unit tests of `aero_local` and of the environment it hands to processes."""
