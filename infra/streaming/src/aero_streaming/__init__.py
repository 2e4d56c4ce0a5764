"""The streaming side: events, leg merge, figures, rules, alerts, and the handlers that run them."""
