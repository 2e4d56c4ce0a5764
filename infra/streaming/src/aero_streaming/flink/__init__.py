"""The Flink job: its SQL, what is written into it from the registers, and the program that starts it."""
