"""Scores of the rules: synthetic days are played through the rules, and the alerts are compared with the true events.

`cases` lists the days, `truth` returns the true events, `notices` reads the notifications, `judge` compares the two,
and `figures` adds up the results and compares them with the goals of `goals`.
"""
