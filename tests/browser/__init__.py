"""The dashboard in a real browser: Debian's chromium, every host but this machine out of reach."""
