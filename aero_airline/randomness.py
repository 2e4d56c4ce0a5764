"""Random streams: one per seed, purpose, date and number, so that a drawn value depends on nothing else.

The window of dates, the order of calls and earlier draws therefore change no figure.
"""

from datetime import date
from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """The purpose of a random stream; files are reproducible only if a number is never given to another purpose."""

    WEATHER = 1
    MOVEMENTS = 2
    DEMAND = 3
    BOOKINGS = 4
    MONEY = 5
    SURVEYS = 6
    FAULTS = 7
    EVENTS = 8
    REPLAY = 9
    OPSDB = 10


def stream(seed: int, purpose: Purpose, on: date, number: int = 0) -> np.random.Generator:
    """Return the generator of one purpose on one date."""
    return np.random.Generator(np.random.PCG64([seed, purpose, on.toordinal(), number]))
