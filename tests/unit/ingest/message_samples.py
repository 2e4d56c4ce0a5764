"""Messages for the tests: the hand-made samples, and a renderer that writes movement messages from their facts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from aero_ingest.message import Message
from aero_ingest.messages import parse

FOLDER = Path(__file__).parents[2] / "fixtures" / "messages"
#: The samples are of the afternoon of this day.
REFERENCE = datetime(2026, 11, 22, 18, tzinfo=UTC)


def sample(name: str) -> str:
    """Return the text of a sample."""
    return (FOLDER / f"{name}.txt").read_text(encoding="ascii")


def read(text: str, reference_at: datetime = REFERENCE, **options: datetime) -> Message:
    """Read one message."""
    return parse(text, reference_at, **options)


def codes(message: Message) -> list[str]:
    """Return what is odd about a message."""
    return [finding.code for finding in message.findings]


def events(message: Message) -> list[tuple[str, str, str | None, bool]]:
    """Return the movements as (type, day and time, airport, estimated)."""
    return [
        (movement.event_type, f"{movement.event_time:%d %H:%M}", movement.airport, movement.estimated)
        for movement in message.movements
    ]


def envelope(stamp: str, origin: str = "MEX") -> str:
    """Return the heading of a message, with its day, hour and minute."""
    return f"QU MEXOOAM\n.{origin}KKAM {stamp}\n"


def departure(
    out: datetime, off: datetime, sent_at: datetime, flight_date: date, delays: Sequence[tuple[str, int]] = ()
) -> str:
    """Return the departure message of AM905, times by the clock alone."""
    codes = "/".join(code for code, _ in delays)
    minutes = "/".join(f"{spent // 60:02d}{spent % 60:02d}" for _, spent in delays)
    return (
        f"{envelope(f'{sent_at:%d%H%M}')}MVT\nAM0905/{flight_date:%d}.XAMAZ.MEX\nAD{out:%H%M}/{off:%H%M}\n"
        + (f"DL{codes}/{minutes}\n" if delays else "")
        + "PX168/3\n"
    )
