"""From records of legs, windows and heartbeats to alerts: evaluation, stored state, messages, acknowledgements.

`handler` is the Lambda of the alert stream; `tick` is the Lambda that runs every minute. `rules` defines the limits.
"""
