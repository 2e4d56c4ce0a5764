"""Benchmarks: one module per performance claim; each measures its baseline in the same run. No product code."""
