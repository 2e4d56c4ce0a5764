"""The `aero` command: its subcommands, and the code that belongs to no other package."""
