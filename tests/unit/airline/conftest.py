"""One airline and four weeks of it, made once for all tests of a worker."""

from datetime import date, timedelta

import pandas as pd
import pytest

from aero_airline import Airline

FIRST, DAYS = date(2026, 11, 2), 28


@pytest.fixture(scope="session")
def airline():
    return Airline(seed=2026)


@pytest.fixture(scope="session")
def days(airline):
    return [airline.day(FIRST + timedelta(days=number)) for number in range(DAYS)]


@pytest.fixture(scope="session")
def legs(days):
    return [leg for day in days for leg in day.legs]


@pytest.fixture(scope="session")
def tables(days):
    """Bookings, revenue, costs and surveys of all days; `leg` counts on through the days."""
    found = {name: [] for name in ("bookings", "revenue", "costs", "surveys")}
    start = 0
    for day in days:
        for name, parts in found.items():
            table = getattr(day, name)
            parts.append(table.assign(leg=table["leg"] + start))
        start += len(day.legs)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}
