"""The platform on one machine: code that starts, runs and stops its services. It is never deployed."""
