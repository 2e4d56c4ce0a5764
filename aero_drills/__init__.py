"""Tests of the running platform: fault drills, recounts, comparisons, scores of the rules."""
