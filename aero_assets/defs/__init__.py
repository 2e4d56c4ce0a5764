"""The rooms, one per layer, in the order in which data flows."""
