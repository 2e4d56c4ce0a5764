"""`make demo`: a day of files, a live day, and what came of both."""
