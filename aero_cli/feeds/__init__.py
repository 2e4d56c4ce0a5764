"""`aero feed`: from a sample file to a registered feed, and the check of one that is written."""
