"""Reading weather reports, one METAR or SPECI a line; the `metar` library knows the code (WMO FM 15 and 16).

A report says day, hour and minute in UTC and leaves out month and year: it is the last such moment before it arrived.
"""

import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from metar.Metar import Metar, ParserError

from aero_assets.defs.typed.given import Given, handed_on
from aero_assets.defs.typed.lines import LONGEST_LINE

#: A report is sent a little before its nominal time; clocks differ, too.
EARLY = timedelta(hours=1)
MONTHS_BACK = 12


def read_metar_lines(path: Path, header: Sequence[str], received_at: datetime) -> pa.RecordBatchReader:
    """Return the reports of a gzipped text: physical line from 1, the line as sent, what it says by raw column."""
    return handed_on(_records(path, header, received_at.astimezone(UTC).replace(tzinfo=None)))


def _records(path: Path, header: Sequence[str], received_at: datetime) -> Iterator[Given]:
    with gzip.open(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            # The door counts every line that is not blank: each is a report, or refused as none.
            if not raw.strip():
                continue
            line = raw.decode("utf-8", "replace").strip().removesuffix("=").rstrip()
            if "\N{REPLACEMENT CHARACTER}" in line:
                yield Given(number, line[:200], defect="bad_encoding", message="the line is not UTF-8 text")
            elif len(line) > LONGEST_LINE:
                yield Given(number, line[:200], defect="line_too_long", message="the line is longer than any report")
            else:
                yield _report(number, line, header, received_at)


def _report(number: int, line: str, header: Sequence[str], received_at: datetime) -> Given:
    try:
        said = values_of(line, received_at)
    except (ParserError, ValueError) as error:
        return Given(number, line, defect="unreadable_report", message=f"not a weather report: {error}")
    return Given(number, line, [said.get(name) for name in header])


def values_of(line: str, received_at: datetime) -> dict[str, str | None]:
    """Return what a report says as text, by name; raise ParserError or ValueError if it is none.

    Knots, statute miles, degrees Celsius, hectopascals, feet.
    """
    # The library wants a month to put the day into; which one it is, is decided below.
    report = Metar(line, month=1, year=received_at.year, strict=True)
    if report.time is None or report.mod == "NO DATA":
        raise ValueError("it says no time, or nothing else (NIL)")
    words = line.split()
    layers = [(cover, height.value("FT")) for cover, height, _ in report.sky if height is not None]
    ceilings = [height for cover, height in layers if cover in ("BKN", "OVC", "VV")]
    # What a station does not know is slashes: no weather, and not the ten kilometres that the library makes of them.
    weather = ["".join(filter(None, group)) for group in report.weather if "//" not in "".join(filter(None, group))]
    visibility = report.vis if not {"////", "////SM"} & set(words) else None
    return {
        "STATION": report.station_id,
        "KIND": report.type.split()[0],
        "OBSERVED_AT": f"{_observed_at(words, received_at):%Y-%m-%d %H:%M}:00",
        "VERSION": "2" if "COR" in words else "1",
        "WIND_FROM_DEGREES": _text(report.wind_dir and report.wind_dir.value()),
        "WIND_KT": _text(report.wind_speed and report.wind_speed.value("KT")),
        "GUST_KT": _text(report.wind_gust and report.wind_gust.value("KT")),
        "VISIBILITY_MILES": _text(visibility and visibility.value("SM")),
        "WEATHER": " ".join(weather) or None,
        "CEILING_FT": _text(min(ceilings, default=None)),
        "TEMPERATURE_C": _text(report.temp and report.temp.value("C")),
        "DEW_POINT_C": _text(report.dewpt and report.dewpt.value("C")),
        "PRESSURE_HPA": _text(report.press and round(report.press.value("HPA"), 1)),
    }


def _observed_at(words: list[str], received_at: datetime) -> datetime:
    """The last moment of this day of the month, hour and minute that is not after the arrival."""
    group = next(word for word in words if len(word) == 7 and word.endswith("Z") and word[:6].isdigit())
    day, hour, minute = int(group[:2]), int(group[2:4]), int(group[4:6])
    first = received_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(MONTHS_BACK):
        try:
            found = first.replace(day=day, hour=hour, minute=minute)
        except ValueError:
            found = None  # the month has no such day, or the day no such time
        if found is not None and found <= received_at + EARLY:
            return found
        first = (first - timedelta(days=1)).replace(day=1)
    raise ValueError(f"no such time: {group}")


def _text(value: Any) -> str | None:  # noqa: ANN401 - the library has no types
    return None if value is None else f"{value:g}"
