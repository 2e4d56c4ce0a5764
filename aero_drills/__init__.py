"""Proof that the platform does what it says: drills, recounts, comparisons, scores of the rules."""
