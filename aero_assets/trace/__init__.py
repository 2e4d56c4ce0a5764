"""The way back from a published number to the objects that it was made of.

`numbers` takes a number apart into the legs of a published version that make it, `records` finds the typed records of a
leg and the one that won each of its fields, `own_figures` those of its revenue, costs and answers, and `objects` the
objects of the raw zone. All of it only reads.
"""
