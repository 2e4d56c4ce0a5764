"""The alert engine in memory, over past or synthetic days: it returns the alerts of the rules. Never deployed."""
