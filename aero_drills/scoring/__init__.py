"""How well the rules tell what is wrong: days whose truth is known, played through the rules, judged by that truth.

`cases` names the days, `truth` knows what happened, `told` reads what people heard, `judge` holds one against the
other, `figures` adds up and holds the sums to the goals of `goals`.
"""
