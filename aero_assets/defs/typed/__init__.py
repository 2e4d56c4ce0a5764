"""The typed step: it applies the schema, converts times to UTC and sends refused rows to quarantine."""
