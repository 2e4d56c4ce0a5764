"""What alerts leave behind: their log in the raw zone, incident briefs, baselines, and failures of our own runs."""
