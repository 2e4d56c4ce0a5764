"""Schema and UTC enforced, refused rows set aside."""
