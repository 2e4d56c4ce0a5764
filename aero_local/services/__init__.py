"""Services of the platform on this machine: one module per service, and the supervisor that starts and stops them."""
