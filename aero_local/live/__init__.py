"""The live part on a laptop: it plays events, reads alerts and figures, and compares them with a count."""
