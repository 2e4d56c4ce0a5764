"""Source systems outside the platform, which it only observes."""
