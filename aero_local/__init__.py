"""The laptop: what starts, runs and stops the platform on one machine. Never deployed."""
