"""The live part on a laptop: playing events, watching what comes of them, and holding it to a count."""
