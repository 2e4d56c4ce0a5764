"""Data that alerts leave behind: their log in the raw zone, incident briefs, baselines, and failed runs."""
