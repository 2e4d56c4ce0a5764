"""`aero parse`: shows the content of an airline message, with resolved dates and every oddity."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from aero_cli.commands.common import JsonOption

if TYPE_CHECKING:
    from aero_ingest.messages import Result

STDIN = Path("-")


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text or gzip file, or - for standard input.")],
    reference_time: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Time of arrival, UTC (2026-11-22T14:00Z), to resolve dates; default: now."),
    ] = None,
    format: Annotated[
        str | None, typer.Option(help="mvt, mva, div, ldm, acars, aidx or ssim; default: detect it for each message.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the content of messages: MVT, MVA, DIV, LDM, ACARS OOOI, AIDX, or SSIM leg by leg."""
    from aero_assets.zones import station_offset as offset_of  # noqa: PLC0415
    from aero_ingest.message import Unreadable  # noqa: PLC0415
    from aero_ingest.messages import FORMATS, parse_file  # noqa: PLC0415

    if format is not None and format not in FORMATS:
        raise typer.BadParameter(f"--format is {format!r}; write one of {', '.join(FORMATS)}")
    reference_at = reference(reference_time)
    failed = 0
    with opened(file) as stream:
        show: Callable[[Iterator[Result]], Iterator[Result]] = _json if as_json else _words
        for result in show(parse_file(stream, reference_at, format, offset_of)):
            failed += isinstance(result, Unreadable)
    raise typer.Exit(1 if failed else 0)


def reference(text: str | None) -> datetime:
    """Return the reference time given as an option, in UTC; now if there is none."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        problem = f"--reference-time is {text!r}; write UTC as 2026-11-22T14:00Z"
        raise typer.BadParameter(problem) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@contextmanager
def opened(file: Path) -> Generator[io.BufferedReader]:
    """Open a file, or standard input for `-`."""
    if file == STDIN:
        yield io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
    elif not file.is_file():
        raise typer.BadParameter(f"{file} is no file; give a text of messages, or - for standard input")
    else:
        with file.open("rb") as stream:
            yield stream


def _json(results: Iterator[Result]) -> Iterator[Result]:
    """Print a list item by item, so that a season needs little memory."""
    begin = "[\n"
    for result in results:
        sys.stdout.write(begin + json.dumps(result.to_json(), ensure_ascii=False))
        begin = ",\n"
        yield result
    sys.stdout.write("[]\n" if begin == "[\n" else "\n]\n")


def _words(results: Iterator[Result]) -> Iterator[Result]:
    count = odd = unreadable = 0
    for result in results:
        count += 1
        parsed = result.to_json()
        odd += bool(parsed.get("findings"))
        unreadable += "error" in parsed
        print("\n".join(_described(parsed)))
        yield result
    print(f"messages {count:,}, with findings {odd:,}, unreadable {unreadable:,}")


def _described(parsed: dict[str, Any]) -> Iterable[str]:
    if error := parsed.get("error"):
        where = f"line {error['line']}, column {error['column']}"
        yield f"{(parsed['format'] or 'message').upper()} UNREADABLE  {where}: {error['message']}"
        return
    flight = parsed["flight"]
    name = f"{flight['carrier']}{flight['number']}{flight['suffix'] or ''}"
    facts = [parsed["format"].upper(), name, parsed["operating_date"], parsed["airport"], parsed["registration"]]
    yield "  ".join([*(fact for fact in facts if fact), *(["correction"] if parsed["is_correction"] else [])])
    for event in parsed["events"]:
        kind = "estimated " if event["estimated"] else ""
        yield f"    {kind}{event['event_type']}  {event['event_time']}  {event['airport'] or ''}".rstrip()
    for delay in parsed["delays"]:
        minutes = "" if delay["minutes"] is None else f"  {delay['minutes']} min"
        yield f"    delay {delay['code']}{delay.get('sub_code') or ''} ({delay['scheme']}){minutes}"
    if parsed["passengers"] is not None:
        yield f"    passengers {parsed['passengers']}" + (
            f", infants {parsed['infants']}" if parsed.get("infants") else ""
        )
    for name in ("next_information_at", "diversion_reason", "supplement"):
        if name in parsed:
            yield f"    {name.replace('_', ' ')}: {parsed[name]}"
    if schedule := parsed.get("schedule"):
        yield "    " + _planned(schedule)
    for finding in parsed["findings"]:
        yield f"  ! {finding['code']} (line {finding['line']}, column {finding['column']}): {finding['message']}"


def _planned(schedule: dict[str, Any]) -> str:
    days = "".join(str(day) if day in schedule["days"] else "." for day in range(1, 8))
    period = f"{schedule['valid_from']} to {schedule['valid_to'] or 'open'}"
    times = (
        f"{schedule['origin']} {schedule['std']} - {schedule['destination']} {schedule['sta']} {schedule['time_mode']}"
    )
    return f"{times}  {period}  days {days}  {schedule['aircraft_type'] or ''}  {schedule['legs']} legs"
