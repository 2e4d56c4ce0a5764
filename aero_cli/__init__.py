"""The `aero` command: what people type, and the work behind a word that no other room does."""
