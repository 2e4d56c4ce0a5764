"""The live board: what is open now, the colours of the day, and what people do about it. Reads the live tables only."""
