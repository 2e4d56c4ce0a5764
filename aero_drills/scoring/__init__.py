"""Scores of the rules: days whose truth is known, played through the rules and judged by that truth.

`cases` names the days, `truth` knows what happened, `notices` reads what people heard, `judge` holds one against the
other, `figures` adds up and holds the sums to the goals of `goals`.
"""
