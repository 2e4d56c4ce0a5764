"""The Flink job: its SQL, the parts generated from the registers, and the program that starts it."""
