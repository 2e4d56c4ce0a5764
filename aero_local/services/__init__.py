"""Processes of the platform on this machine: one module per service, and what starts, watches and stops them."""
