"""Reading messages and schedules with the parsers of the gateway: one record per message, one per dated leg.

The gateway makes events of the same bodies; here they become rows, so that they can be looked up and counted. Oddities
of a message are in FINDINGS; an unreadable message is a record with its reason.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from aero_assets.defs.typed.given import Given, handed_on, unreadable
from aero_assets.zones import station_offset
from aero_ingest import ssim, ssim_legs
from aero_ingest.gateway_tally import reason_of
from aero_ingest.message import (
    AIR_RETURN,
    CANCEL,
    DIVERT,
    IN,
    OFF,
    ON,
    OUT,
    REINSTATE,
    RETURN_TO_RAMP,
    Finding,
    Message,
    ParseError,
    Unreadable,
)
from aero_ingest.message_files import lines_of
from aero_ingest.messages import parse_all
from aero_ingest.ssim_records import LegRecord

COLUMNS = {
    OUT: "OUT_AT",
    OFF: "OFF_AT",
    ON: "ON_AT",
    IN: "IN_AT",
    RETURN_TO_RAMP: "RETURNED_AT",
    AIR_RETURN: "RETURNED_AT",
}


def read_message_records(path: Path, header: Sequence[str], received_at: datetime) -> pa.RecordBatchReader:
    """Return the messages of a body: their number in it, their text, their values by raw column."""
    return handed_on(_survived(_messages(path, header, received_at)))


def read_schedule_records(path: Path, header: Sequence[str]) -> pa.RecordBatchReader:
    """Return the dated legs of a body: the line of their record, record and date, their values by raw column."""
    return handed_on(_survived(_legs(path, header)))


def _survived(records: Iterator[Given]) -> Iterator[Given]:
    try:
        yield from records
    except ParseError as error:
        yield unreadable(f"line {error.line}: {error.message}")


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from lines_of(io.BufferedReader(file))


def _messages(path: Path, header: Sequence[str], received_at: datetime) -> Iterator[Given]:
    for number, message in enumerate(parse_all(_lines(path), received_at), 1):
        if isinstance(message, Unreadable):
            yield Given(
                number,
                message.raw,
                defect=reason_of(message.error),
                message=f"{message.error.code}: {message.error.message}",
            )
        else:
            values = _said(message)
            yield Given(number, message.raw, [values.get(name) for name in header])


def _said(message: Message) -> dict[str, str | None]:
    flight = message.flight
    values: dict[str, str | None] = {
        "FORMAT": message.format,
        "SENT_AT": _time(message.sent_at),
        "CARRIER": flight.carrier if flight else None,
        "FLIGHT_NUMBER": f"{flight.number}" if flight else None,
        "SUFFIX": (flight.suffix or None) if flight else None,
        "FLIGHT_DATE": f"{message.flight_date}" if message.flight_date else None,
        "REGISTRATION": message.registration,
        "AIRPORT": message.airport,
        "IS_CORRECTION": _flag(message.is_correction),
        "DELAYS": ";".join(f"{delay.code}:{'' if delay.minutes is None else delay.minutes}" for delay in message.delays)
        or None,
        "PASSENGERS": _number(message.passengers),
        "INFANTS": _number(message.infants),
        "FINDINGS": _codes(message.findings),
    }
    for movement in message.movements:
        if movement.event_type in (CANCEL, REINSTATE):
            values["IS_CANCELLED"] = _flag(movement.event_type == CANCEL)
        elif movement.event_type == DIVERT:
            values["DIVERTED_TO"] = movement.airport
        else:
            values[f"{'ESTIMATED_' if movement.estimated else ''}{COLUMNS[movement.event_type]}"] = _time(
                movement.event_time
            )
    return values


def _legs(path: Path, header: Sequence[str]) -> Iterator[Given]:
    for record in ssim.read(_lines(path)):
        if isinstance(record, Unreadable):
            error = record.error
            yield Given(error.line, record.raw, defect="unreadable_message", message=f"{error.code}: {error.message}")
            continue
        legs = ssim_legs.expand(record, station_offset)
        # A date whose leg has no clock is no leg, and no loss either: it is refused by name.
        for _ in range(sum(1 for _ in ssim_legs.dates(record)) - len(legs)):
            message = f"the clock of {record.origin} or {record.destination} is unknown"
            yield Given(record.line, record.raw, defect="unknown_airport", message=message)
        same = _record(record)
        for leg in legs:
            values = same | {
                "OPERATING_DATE": f"{leg.operating_date}",
                "STD_AT": _time(leg.std_at),
                "STA_AT": _time(leg.sta_at),
                "STD_UTC_OFFSET_MINUTES": _number(leg.std_utc_offset_minutes),
                "STA_UTC_OFFSET_MINUTES": _number(leg.sta_utc_offset_minutes),
            }
            # A record is many legs: with its date, each is one of its own.
            yield Given(record.line, f"{leg.operating_date} {record.raw}", [values.get(name) for name in header])


def _record(record: LegRecord) -> dict[str, str | None]:
    made_at = record.block.created_at
    return {
        "CARRIER": record.flight.carrier,
        "FLIGHT_NUMBER": f"{record.flight.number}",
        "SUFFIX": record.flight.suffix or None,
        "LEG_SEQUENCE": f"{record.leg_sequence}",
        "SERVICE_TYPE": record.service_type or None,
        "SEASON": record.block.season or None,
        "ORIGIN": record.origin,
        "DESTINATION": record.destination,
        "AIRCRAFT_TYPE": record.aircraft_type or None,
        "SEATS": _number(record.seats),
        "IS_OPERATED": _flag(record.is_operated),
        "CODESHARES": "/".join(record.codeshares) or None,
        "CREATED_AT": _time(made_at) if made_at else None,
        "FINDINGS": _codes(record.findings),
    }


def _codes(findings: Sequence[Finding]) -> str | None:
    return ",".join(dict.fromkeys(finding.code for finding in findings)) or None


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _number(value: int | None) -> str | None:
    return None if value is None else f"{value}"
