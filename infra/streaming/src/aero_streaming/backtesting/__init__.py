"""The alert engine over past or synthetic days, in memory: what the rules would have told. Never deployed."""
