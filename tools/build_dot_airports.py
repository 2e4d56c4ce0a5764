"""Rebuild the table of airport numbers (`aero_assets/dot_airports.csv`) from a copy of the Master Coordinate table.

`.venv/bin/python -m tools.build_dot_airports T_MASTER_CORD.csv`

Source: US Department of Transportation, Bureau of Transportation Statistics, Aviation Support Tables, Master Coordinate
(AIRPORT_ID, AIRPORT, latitude, longitude, first and last date of each state of an airport; public domain), all columns.
A number keeps one code: the last one it had that our airport table knows at that place. `placed_from` is the first date
on which the airport of that code stood where our table has it: Denver and Austin moved with their codes.
"""

import csv
import re
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

from aero_assets.zones import DOT_AIRPORTS_CSV, EARTH_RADIUS_MILES, Airport, airports, central_angle
from aero_streaming.events.limits import FIRST_OPERATING_DATE

#: Further away it is another airport of the same code; further than the second it has moved since.
SAME_MILES, MOVED_MILES = 30, 4


def main(source: str) -> None:
    """Write the table, sorted by number."""
    with Path(source).open(encoding="utf-8-sig", newline="") as file:
        states = [state for state in csv.DictReader(file) if _last(state) >= FIRST_OPERATING_DATE]
    known = airports()
    of_number: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for state in states:
        airport = known.get(state["AIRPORT"])
        if airport and re.fullmatch("[A-Z]{3}", state["AIRPORT"]) and _miles(state, airport) <= SAME_MILES:
            of_number[state["AIRPORT_ID"], state["AIRPORT"]].append(state)
    rows = {}
    for (number, code), states_of_number in sorted(of_number.items(), key=lambda item: max(map(_last, item[1]))):
        away = [_last(state) for state in states_of_number if _miles(state, known[code]) > MOVED_MILES]
        if date.max in away:
            continue
        placed = f"{max(away) + timedelta(1)}" if away else ""
        last = max(map(_last, states_of_number))
        first = min(map(_first, states_of_number))
        rows[number] = (number, code, f"{first}", "" if last == date.max else f"{last}", placed)
    with DOT_AIRPORTS_CSV.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("dot_id", "iata", "valid_from", "valid_to", "placed_from"))
        writer.writerows(rows[number] for number in sorted(rows))


def _first(state: dict[str, str]) -> date:
    return _day(state["AIRPORT_START_DATE"]) or date.min


def _last(state: dict[str, str]) -> date:
    return _day(state["AIRPORT_THRU_DATE"]) or date.max


def _day(text: str) -> date | None:
    return datetime.strptime(text.split(maxsplit=1)[0], "%m/%d/%Y").date() if text.strip() else None  # noqa: DTZ007 - a date


def _miles(state: dict[str, str], airport: Airport) -> float:
    if not state["LATITUDE"]:
        return float("inf")
    place = float(state["LATITUDE"]), float(state["LONGITUDE"])
    return EARTH_RADIUS_MILES * central_angle(place, (airport.latitude, airport.longitude))


if __name__ == "__main__":
    main(sys.argv[1])
