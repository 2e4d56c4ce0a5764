"""Tests on the real local services, with IAM enforced."""
