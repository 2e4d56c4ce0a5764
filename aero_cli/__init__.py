"""The `aero` command: its subcommands, and their code where no other package has it."""
