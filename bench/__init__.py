"""Performance claims: one module per claim, its baseline measured in the same run. No product code belongs here."""
