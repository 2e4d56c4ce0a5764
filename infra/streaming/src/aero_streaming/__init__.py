"""What runs on the streaming side: the leg merge now, events, rules and handlers as they join."""
