"""The streaming part: events, leg merge, figures, rules, alerts, and the Lambda handlers that run them."""
