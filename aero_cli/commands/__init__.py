"""The commands of `aero`, one module per subject; each imports what is slow only when it runs."""
