"""Damages that take knowing what a column means: dates in another order, clocks in UTC, kilometres, swapped columns."""

from collections.abc import Callable

from tests.damages import Table, _number

Change = Callable[[Table], bytes]


def _contradictory(column: str, value: str) -> Change:
    def change(table: Table) -> bytes:
        again = [*table.records[0]]
        again[table.header.index(column)] = value
        table.records.append(again)
        return table.body()

    return change


def _hours(shift: int) -> Callable[[str], str]:
    return lambda text: f"{(int(text) // 100 + shift) % 24:02d}{int(text) % 100:02d}"


def _clocks(shift: Callable[[str], str], *columns: str) -> Change:
    def change(table: Table) -> bytes:
        for column in columns:
            table.values(column, shift)
        return table.body()

    return change


CLOCKS = ("SCHEDULED_DEPARTURE", "DEPARTURE_TIME", "WHEELS_OFF", "WHEELS_ON", "SCHEDULED_ARRIVAL", "ARRIVAL_TIME")
BY_FEED: dict[str, dict[str, Change]] = {
    "partner/bts_ontime": {
        "a record again that says otherwise": _contradictory("TAIL_NUMBER", "N1XX"),
        "the date in one column of three": lambda t: t.values("DAY", lambda day: f"11/{day}/2026"),
        "month and day swapped": lambda t: t.swapped("MONTH", "DAY"),
        "the month one too many": lambda t: t.values("MONTH", lambda month: str(int(month) + 1)),
        "the year of yesterday": lambda t: t.values("YEAR", lambda year: str(int(year) - 1)),
        "the year in two digits": lambda t: t.values("YEAR", lambda year: year[2:]),
        "a month by its name": lambda t: t.values("MONTH", lambda _: "Noviembre"),
        "airports swapped": lambda t: t.swapped("ORIGIN_AIRPORT", "DESTINATION_AIRPORT"),
        "taxi times swapped": lambda t: t.swapped("TAXI_OUT", "TAXI_IN"),
        "delays swapped": lambda t: t.swapped("DEPARTURE_DELAY", "ARRIVAL_DELAY"),
        "schedule and actual swapped": lambda t: t.swapped("SCHEDULED_DEPARTURE", "DEPARTURE_TIME"),
        "flags swapped": lambda t: t.swapped("DIVERTED", "CANCELLED"),
        "flags in words": lambda t: t.values("CANCELLED", lambda flag: "Y" if flag == "1" else "N"),
        "kilometres": lambda t: t.values("DISTANCE", _number(lambda miles: f"{miles * 1.609:.0f}")),
        "thousands with a comma": lambda t: t.values("DISTANCE", _number(lambda miles: f"{miles:,.0f}")),
        "hours and minutes with a colon": lambda t: t.values("DEPARTURE_TIME", lambda hhmm: f"{hhmm[:-2]}:{hhmm[-2:]}"),
        "leading zeros lost": _clocks(lambda hhmm: str(int(hhmm)), *CLOCKS),
        "a clock of twelve hours": _clocks(lambda hhmm: f"{int(hhmm) % 1200:04d}", *CLOCKS),
        "departures an hour late": lambda t: t.values("DEPARTURE_TIME", _hours(1)),
        "arrivals in the time of the origin": _clocks(_hours(1), "SCHEDULED_ARRIVAL", "ARRIVAL_TIME", "WHEELS_ON"),
        "delays without their sign": lambda t: t.values("DEPARTURE_DELAY", lambda delay: delay.lstrip("-")),
        "delays in seconds": lambda t: t.values("DEPARTURE_DELAY", _number(lambda delay: f"{delay * 60:.0f}")),
        "decimals on every number": lambda t: t.values("TAXI_OUT", _number(lambda taxi: f"{taxi:.1f}")),
        "airlines in small letters": lambda t: t.values("AIRLINE", str.lower),
        "airports by ICAO": lambda t: t.values("ORIGIN_AIRPORT", lambda code: f"K{code}"),
    },
    "partner/bts_departures": {
        "a record again that says otherwise": _contradictory("Tail Number", "N1XX"),
        "month and day swapped": lambda t: t.values(
            "Date (MM/DD/YYYY)", lambda day: "/".join([day[3:5], day[:2], day[6:]])
        ),
        "the year in two digits": lambda t: t.values("Date (MM/DD/YYYY)", lambda day: day[:6] + day[8:]),
        "a line of another airline": lambda t: t.values("Carrier Code", lambda _: "UA"),
        "a clock with seconds": lambda t: t.values("Actual departure time", lambda clock: f"{clock}:30"),
        "wheels off and departure swapped": lambda t: t.swapped("Wheels-off time", "Actual departure time"),
    },
    "partner/airline_legs": {
        "a record again that says otherwise": _contradictory("PASSENGERS", "12"),
        "the label read in another encoding": lambda t: t.values(
            "DATA_LABEL", lambda label: label.encode().decode("latin-1")
        ),
        "offsets lost": lambda t: t.values("AOBT", lambda moment: moment[:16]),
        "everything in UTC": lambda t: t.values("STD", lambda moment: f"{moment[:16]}+00:00"),
        "airports swapped": lambda t: t.swapped("ORIGIN", "DESTINATION"),
        "seats and passengers swapped": lambda t: t.swapped("SEATS", "PASSENGERS"),
        "take-off and off-block swapped": lambda t: t.swapped("AOBT", "ATOT"),
        "kilometres": lambda t: t.values("DISTANCE_MILES", _number(lambda miles: f"{miles * 1.609:.0f}")),
        "day and month swapped": lambda t: t.values("OPERATING_DATE", lambda day: f"{day[:5]}{day[8:]}-{day[5:7]}"),
    },
    "partner/t100_segment": {
        "a record again that says otherwise": _contradictory("PASSENGERS", "12"),
        "a date for the month": lambda t: t.values("MONTH", lambda month: f"{month}/2024"),
        "the month three too many": lambda t: t.values("MONTH", lambda month: str(int(month) + 3)),
        "airports swapped": lambda t: t.swapped("ORIGIN", "DEST"),
        "seats and passengers swapped": lambda t: t.swapped("SEATS", "PASSENGERS"),
        "kilometres": lambda t: t.values("DISTANCE", _number(lambda miles: f"{miles * 1.609:.0f}")),
        "decimals on every number": lambda t: t.values("SEATS", _number(lambda seats: f"{seats:.2f}")),
        "thousands with a comma": lambda t: t.values("SEATS", _number(lambda seats: f"{seats:,.0f}")),
        "zeros lost from a code": lambda t: t.values("CARRIER_GROUP", lambda _: "00"),
    },
}
#: Damages that nothing in a file shows, and the reason: the rest of such a file is refused, these rows stand.
UNSEEN = {
    ("partner/bts_ontime", "month and day swapped"): "1 November and 11 January 2026 are both Sundays",
    ("partner/bts_ontime", "airports swapped"): "both airports are on one clock, and as far apart both ways",
    ("partner/bts_ontime", "a clock of twelve hours"): "all times of a leg lie in the same half of the day",
    ("partner/bts_departures", "month and day swapped"): "the file says a date once, and no weekday",
    ("partner/airline_legs", "airports swapped"): "both airports are on one clock, and as far apart both ways",
}
