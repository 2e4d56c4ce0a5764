"""`make demo`: it loads partner files, plays a live day and prints the results of both."""
