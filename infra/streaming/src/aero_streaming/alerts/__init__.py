"""From records of legs, windows and heartbeats to alerts: evaluation, stored state, messages, acknowledgements.

The Lambdas of the alert stream and of the tick are `handler` and `tick`. What a limit is, is said in `rules`.
"""
