"""Data about alerts: their log in the raw zone, incident briefs and baselines; alerts about failed runs."""
