"""Reading weather reports, METAR and SPECI, out of any body that carries them (`metar_bodies`, `metar_groups`).

A report states day, hour and minute in UTC, without month and year. Its time is the nearest such moment to the full
time beside it, if the body has one, else the last such moment before its arrival. A report that would be hours after
its arrival is refused: its clock is wrong, and it is not of the month before.
"""

import gzip
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa

from aero_assets.defs.typed.given import Given, handed_on
from aero_assets.defs.typed.metar_bodies import Cut, cut
from aero_assets.defs.typed.metar_groups import Observed, observe
from aero_assets.zones import airports

#: A report is sent a little before its nominal time; clocks differ, too.
EARLY = timedelta(hours=1)
#: A station that writes its local time is up to so far ahead of UTC.
AHEAD = timedelta(hours=14)
MONTHS_BACK = 12
#: The time beside a report is the hour of its file or the minute of its arrival, never days away.
NEAR = timedelta(days=1)
#: No line of a body that is read is longer; what is longer comes in pieces.
LONGEST_LINE = 1 << 16
REPLACED = "\N{REPLACEMENT CHARACTER}"
MARK = re.compile(r"COR|AMD|CC([A-Z])")
STATION = re.compile(r"[A-Z][A-Z0-9]{3}")
#: Forecasts have their validity behind the time, from one day and hour to another.
VALIDITY = re.compile(r"[0-9]{4}/[0-9]{4}|[0-9]{6}")
TIME = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})Z?")


def read_metar_lines(path: Path, header: Sequence[str], received_at: datetime) -> pa.RecordBatchReader:
    """Return the reports of a gzipped text: the line (from 1) of each beginning, text, values by raw column."""
    return handed_on(_records(path, header, received_at.astimezone(UTC).replace(tzinfo=None)))


def reports(path: Path) -> Iterator[Cut]:
    """Yield the reports of a gzipped text, and the texts that are no reports, in their order."""
    return cut(_lines(path))


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rb") as file:
        while raw := file.readline(LONGEST_LINE):
            yield raw.decode("utf-8", "replace")


def _records(path: Path, header: Sequence[str], received_at: datetime) -> Iterator[Given]:
    for report in reports(path):
        # The day of the month alone does not tell reports of an archive apart: with its full time, each is its own.
        text = f"{report.stamp:%Y-%m-%d %H:%M} {report.text}" if report.stamp else report.text
        try:
            values = said_of(report, received_at)
        except ValueError as error:
            is_text = REPLACED not in report.text
            defect = "unreadable_report" if is_text else "bad_encoding"
            message = f"not a weather report: {error}" if is_text else "the line is not UTF-8 text"
            yield Given(report.line, text, defect=defect, message=message)
        else:
            yield Given(report.line, text, [values.get(name) for name in header])


def values_of(line: str, received_at: datetime) -> dict[str, str | None]:
    """Return the values of a report as text, by raw column; raise ValueError if it has no values or no time.

    Knots, statute miles, degrees Celsius, hectopascals, feet.
    """
    return said_of(Cut(1, line.strip().removesuffix("=").rstrip()), received_at)


def said_of(report: Cut, received_at: datetime) -> dict[str, str | None]:
    """Return the values of a report that was cut out of a body, as `values_of`."""
    if report.problem:
        raise ValueError(report.problem)
    kind, station, version, time, words = _opening(report)
    if "NIL" in words[:2]:
        raise ValueError("NIL: the station says that there is no report")
    if words and VALIDITY.fullmatch(words[0]):
        raise ValueError(f"a forecast (TAF): {words[0]} is the time it is valid for; METAR and SPECI are read")
    findings = [] if station in _stations() else ["unknown_station"]
    observed_at = _observed_at(time, report.stamp, received_at, findings)
    observed = observe(words)
    if len(observed.odd) > observed.read or not words:
        problem = (
            f"no group of it can be read, such as {observed.odd[0][:20]}"
            if observed.odd
            else "it says nothing but its time"
        )
        raise ValueError(
            problem
            if not observed.read
            else f"more of its groups are unknown than known: {' '.join(observed.odd)[:80]}"
        )
    findings += [f"odd_group:{word[:30].replace(',', '.')}" for word in observed.odd]
    findings += ["no_end"] if report.is_open else []
    return {
        "STATION": station,
        "KIND": kind,
        "OBSERVED_AT": f"{observed_at:%Y-%m-%d %H:%M}:00",
        "VERSION": f"{version}",
        **_columns(observed),
        "FINDINGS": ",".join(findings) or None,
    }


def _columns(observed: Observed) -> dict[str, str | None]:
    has_ceiling = observed.has_ceiling
    return {
        "WIND_FROM_DEGREES": _text(observed.wind_from),
        "WIND_KT": _text(observed.wind_kt),
        "GUST_KT": _text(observed.gust_kt),
        "VISIBILITY_MILES": _text(observed.visibility_miles),
        "WEATHER": " ".join(observed.weather) or None,
        "HAS_CEILING": None if has_ceiling is None else ("true" if has_ceiling else "false"),
        "CEILING_FT": _text(observed.ceiling_ft),
        "TEMPERATURE_C": _text(observed.temperature_c),
        "DEW_POINT_C": _text(observed.dew_point_c),
        "PRESSURE_HPA": _text(observed.pressure_hpa and round(observed.pressure_hpa, 1)),
    }


def _opening(report: Cut) -> tuple[str, str, int, str | None, list[str]]:
    """Return kind, station, version, the time group if there is one, and the words after them."""
    words = report.text.upper().split()
    kind = report.kind or "METAR"
    marks = [report.mark] if report.mark else []
    if words and words[0] in ("METAR", "SPECI"):
        kind = words.pop(0)
    while words and MARK.fullmatch(words[0]):
        marks.append(words.pop(0))
    if not words:
        raise ValueError("it names no station")
    station = words.pop(0)
    if not STATION.fullmatch(station):
        raise ValueError(f"{station[:20]!r} is no station; a code of four letters and digits is due")
    while words and MARK.fullmatch(words[0]):
        marks.append(words.pop(0))
    time = words.pop(0) if words and re.fullmatch(r"[0-9]{6}Z?|[0-9]{4}Z", words[0]) else None
    remarks = next((at for at, word in enumerate(words) if word.startswith("RMK")), len(words))
    marks += [word for word in words[:remarks] if MARK.fullmatch(word)]
    return kind, station, 1 + max(map(_step, marks), default=0), time, words


def _step(mark: str) -> int:
    """Return the number of a correction: COR and CCA are the first, CCB the second."""
    match = MARK.fullmatch(mark)
    return ord(match[1]) - ord("A") + 1 if match and match[1] else 1


def _observed_at(time: str | None, stamp: datetime | None, received_at: datetime, findings: list[str]) -> datetime:
    """Return a report's time: the nearest to the full time beside it, else the last one before the arrival."""
    match = TIME.fullmatch(time or "")
    if match is None:
        if stamp is None:
            raise ValueError(f"no such time: {time}" if time else "it says no time (day, hour and minute: 271243Z)")
        findings.append("no_time")
        return stamp
    day, hour, minute = map(int, match.groups())
    if stamp is not None:
        near = min(
            _months(stamp + timedelta(days=31), 3, day, hour, minute),
            key=lambda moment: abs(moment - stamp),
            default=None,
        )
        if near is not None and abs(near - stamp) <= NEAR:
            return near
        findings.append(f"stamp_differs:{time}")
        return stamp
    for moment in _months(received_at + AHEAD, MONTHS_BACK, day, hour, minute):
        if moment <= received_at + EARLY:
            return moment
        if moment <= received_at + AHEAD:
            minutes = (moment - received_at) // timedelta(minutes=1)
            raise ValueError(f"{time} is {minutes} minutes after its arrival: is it local time, or a wrong clock?")
    raise ValueError(f"no such time: {time}")


@cache
def _stations() -> frozenset[str]:
    """Return the ICAO codes of the airports that we know."""
    return frozenset(airport.icao for airport in airports().values())


def _months(last: datetime, count: int, day: int, hour: int, minute: int) -> Iterator[datetime]:
    """Return the moments with this day and time in the month of `last` and in those before it, latest first."""
    first = last.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(count):
        # Not every month has such a day, and no day some of the times that are written.
        if hour < 24 and minute < 60 and 0 < day <= monthrange(first.year, first.month)[1]:
            yield first.replace(day=day, hour=hour, minute=minute)
        first = (first - timedelta(days=1)).replace(day=1)


def _text(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"
