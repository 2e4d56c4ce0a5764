"""The live board: open alerts, colours of the day, and actions of people. It reads the live tables only."""
