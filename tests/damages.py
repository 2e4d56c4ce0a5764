"""Damages of a file on its way, and what became of it: through the real door and the real typed step, without services.

A damage is right (every accepted row is one of the undamaged file), told (the door or quarantine says a sentence), or
wrong. Used by `tests/unit/feeds/test_damages.py`, a dozen kinds, and by `proof/damages.py`, all of them.
"""

import csv
import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aero_assets.defs.typed import contradictions, rows
from aero_assets.feeds import Feed, doors, find
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_ingest.doors import load_doors
from bench import sample
from tests.judging import engine
from tests.unit.feeds import test_partner__airline_legs as airline
from tests.unit.feeds import test_partner__bts_departures as departures
from tests.unit.feeds import test_partner__metar as metar
from tests.unit.feeds import test_partner__t100_segment as t100
from tests.unit.infra.door import RAW, send
from tests.unit.infra.fake_s3 import FakeS3
from tests.unit.ingest.message_samples import FOLDER
from tests.unit.ingest.message_samples import sample as message

ARRIVED = date(2026, 11, 23)
WHENCE = {"record", "line_number", "raw_key", "reason", "message", "event_id", "raw_ref", "received_at"}
Values = list[list[str]]


@dataclass(frozen=True)
class Verdict:
    """The outcome of a file: the sentences of its refusal, and accepted rows that the undamaged file does not have."""

    said: tuple[str, ...]
    accepted: int
    wrong: tuple[str, ...]
    #: Rows of the undamaged file that are not accepted although nothing was said at all.
    missing: int

    @property
    def kind(self) -> str:
        """`wrong` where something is not as it was and nobody was told."""
        if self.wrong or (self.missing and not self.said):
            return "wrong"
        return "told" if self.said else "right"


def judge(feed: Feed, body: bytes, name: str, good: Counter | None = None) -> tuple[Verdict, Counter]:
    """Send a file through door and typed step; return the verdict against the rows of the undamaged file."""
    s3 = FakeS3()
    outcome = send(s3, body, f"{feed.path}/{name}", f"{ARRIVED}T12:00:00.000Z", doors=_doors())
    if outcome["status"] != "accepted":
        return Verdict((f"{outcome['reason']}: {outcome['message']}",), 0, (), 0), Counter()
    [key] = [key for key in s3.keys(RAW, f"{feed.path}/dt=") if "_arrivals" not in key]
    connection = engine()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "body"
        file.write_bytes(s3.body(RAW, key))
        rows.add_lines(connection, file, key, datetime(2026, 11, 23, 12, tzinfo=UTC), feed, name)
    rows.judge(connection, feed, FIRST_OPERATING_DATE, ARRIVED + timedelta(days=feed.max_days_ahead))
    contradictions.settle(connection, feed)
    refused = connection.execute("select reason, message from judged where reason is not null").fetchall()
    kept = connection.sql("select * from judged where reason is null").to_arrow_table().to_pylist()
    counts = Counter({repr({k: v for k, v in row.items() if k not in WHENCE}): 1 for row in kept})
    before = counts if good is None else good
    said = tuple(f"{reason}: {message}" for reason, message in refused)
    wrong = tuple(sorted((counts - before).keys()))
    # A message that its parser finds odd says so in a column of its own.
    odd = [problem for problem in wrong if "'findings': '" in problem]
    said, wrong = (*said, *odd), tuple(problem for problem in wrong if problem not in odd)
    return Verdict(said, len(kept), wrong, (before - counts).total()), counts


@cache
def _doors() -> dict:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "doors.json"
        file.write_text(json.dumps(doors()), encoding="utf-8")
        return load_doors(file)


# -- files of our own, one per feed ------------------------------------------------------------------------------------
@cache
def good_file(path: str) -> tuple[bytes, str]:
    """Return an undamaged file of a feed and its name."""
    feed = find(path)
    head = ",".join(feed.header)
    if path == "partner/bts_ontime":
        with TemporaryDirectory() as folder:
            sample.write(Path(folder) / "a.csv.gz")
            return gzip.decompress((Path(folder) / "a.csv.gz").read_bytes()), "legs.csv"
    if path == "partner/airline_legs":
        records = [airline.NIGHT, airline.CANCELLED, airline.DIVERTED, airline.NIGHT.replace("AM,181", "AM,183")]
        return "\n".join([head, *records, ""]).encode(), "legs.csv"
    if path == "partner/bts_departures":
        lines = [",".join(f'"{value}"' for value in line.split(",")) for line in
                 (departures.FLOWN, departures.CANCELLED, departures.LEFT)]  # fmt: skip
        head = ",".join(f'"{name}"' for name in feed.header)
        return "\n".join([*departures.PREAMBLE, head, *lines, "", " SOURCE: BTS", ""]).encode(), "GRR.csv"
    if path == "partner/t100_segment":
        records = [t100.RECORD, t100.RECORD.replace(",6,612,", ",6,614,"), t100.RECORD.replace(",F", ",L")]
        return "\n".join([head, *records, ""]).encode(), "t100.csv"
    if path == "partner/metar":
        return f"{metar.STORM}=\n{metar.FOG}=\n".encode(), "reports.txt"
    return "".join(message(file.stem) + "NNNN\n" for file in sorted(FOLDER.glob("mvt_0[1-6]*.txt"))).encode(), "mvt.txt"


# -- what happens to bytes, whatever is in them ------------------------------------------------------------------------
def _zip(body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.csv", body)
    return file.getvalue()


def _overwritten(body: bytes, with_: bytes) -> bytes:
    at = len(body) * 2 // 3
    return body[:at] + with_ + body[at + len(with_) :]


def _flipped(body: bytes) -> bytes:
    packed = bytearray(gzip.compress(body, mtime=0))
    packed[len(packed) // 2] ^= 0x55
    return bytes(packed)


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "sent as it is": lambda body: body,
    "cut in the middle of a line": lambda body: body[: body.rstrip().rfind(b"\n") + 12],
    "compressed": lambda body: gzip.compress(body, mtime=0),
    "compressed in two members": lambda body: gzip.compress(body[:100]) + gzip.compress(body[100:]),
    "compressed and cut": lambda body: gzip.compress(body, mtime=0)[:-20],
    "compressed and cut inside its data": lambda body: gzip.compress(body, mtime=0)[: len(gzip.compress(body)) // 2],
    "compressed and a byte changed": _flipped,
    "compressed twice": lambda body: gzip.compress(gzip.compress(body)),
    "compressed with a tail that is not": lambda body: gzip.compress(body) + b"tail",
    "zipped": _zip,
    "empty": lambda _: b"",
    "blanks alone": lambda _: b"  \n \n",
    "a page of an error": lambda _: b"<!DOCTYPE html><html>503</html>",
    "an error in XML": lambda _: b'<?xml version="1.0"?><Error/>',
    "with a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "as UTF-16": lambda body: body.decode().encode("utf-16"),
    "as UTF-16 without a mark": lambda body: body.decode().encode("utf-16-le"),
    "lines end in CR LF": lambda body: body.replace(b"\n", b"\r\n"),
    "lines end in CR": lambda body: body.replace(b"\n", b"\r"),
    "zeros written over a part": lambda body: _overwritten(body, bytes(40)),
    "blanks written over a part": lambda body: _overwritten(body, b" " * 40),
    "another part written over a part": lambda body: _overwritten(body, body[-90:-50]),
    "a byte that is not UTF-8": lambda body: _overwritten(body, b"\xff\xfe"),
    "the whole file twice": lambda body: body + body,
    "glued without a line end": lambda body: body.rstrip(b"\n") + body,
    "two line ends between lines": lambda body: body.replace(b"\n", b"\n\n"),
}


# -- what happens to records of a CSV file -----------------------------------------------------------------------------
@dataclass
class Table:
    """A CSV file taken apart: lines above the header, header, records, lines below."""

    above: list[str]
    header: list[str]
    records: Values
    below: list[str]

    @classmethod
    def of(cls, feed: Feed, body: bytes) -> "Table":
        lines = body.decode().splitlines()
        start = feed.layout.preamble_lines
        records = [line for line in lines[start + 1 :] if line and not (feed.layout.footer and line.startswith(" "))]
        parsed = list(csv.reader([lines[start], *records]))
        return cls(lines[:start], parsed[0], parsed[1:], lines[start + 1 + len(records) :])

    def body(self, header: list[str] | None = None, delimiter: str = ",", *, quoted: bool = False) -> bytes:
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        )
        writer.writerows([header or self.header, *self.records])
        return "\n".join([*self.above, text.getvalue() + "\n".join([*self.below, ""])]).encode()

    def changed(self, change: Callable[[list[str]], list[str]], only: int | None = None) -> bytes:
        """The file with every record changed, or one of them."""
        self.records = [
            change([*record]) if only in (None, number) else record for number, record in enumerate(self.records)
        ]
        return self.body()

    def values(self, name: str, change: Callable[[str], str]) -> bytes:
        """The file with one column changed; empty values stay."""
        at = self.header.index(name)
        return self.changed(lambda record: [*record[:at], change(record[at]) if record[at] else "", *record[at + 1 :]])

    def swapped(self, old: str, new: str) -> bytes:
        """The file with two columns swapped below a header that does not say so."""
        a, b = self.header.index(old), self.header.index(new)

        def swap(record: list[str]) -> list[str]:
            record[a], record[b] = record[b], record[a]
            return record

        return self.changed(swap)


def _number(change: Callable[[float], str]) -> Callable[[str], str]:
    return lambda text: change(float(text))


RECORDS: dict[str, Callable[[Table], bytes]] = {
    "every record twice": lambda t: Table(t.above, t.header, [r for r in t.records for _ in "12"], t.below).body(),
    "records the other way round": lambda t: Table(t.above, t.header, t.records[::-1], t.below).body(),
    "records sorted": lambda t: Table(t.above, t.header, sorted(t.records), t.below).body(),
    "every value in quotes": lambda t: t.body(quoted=True),
    "blanks around every value": lambda t: t.changed(
        lambda record: [f" {value} " if value else "" for value in record]
    ),
    "a value lost in one record": lambda t: t.changed(lambda record: record[:3] + record[4:], 1),
    "a value more in one record": lambda t: t.changed(lambda record: [*record[:3], "x", *record[3:]], 1),
    "a record shifted to the right": lambda t: t.changed(lambda record: ["", *record[:-1]], 1),
    "a record shifted to the left": lambda t: t.changed(lambda record: [*record[1:], ""], 1),
    "a delimiter at every line end": lambda t: t.changed(lambda record: [*record, ""]),
    "semicolons": lambda t: t.body(delimiter=";"),
    "tabs": lambda t: t.body(delimiter="\t"),
    "no header": lambda t: t.body(t.records[0]),
    "header alone": lambda t: Table(t.above, t.header, [], t.below).body(),
    "header in capitals or none": lambda t: t.body([name.swapcase() for name in t.header]),
    "header below a comment": lambda t: b"# comment\n" + t.body(),
    "header again in the middle": lambda t: Table(
        t.above, t.header, [*t.records[:2], t.header, *t.records[2:]], t.below
    ).body(),
    "a column gone with its heading": lambda t: Table(
        t.above, t.header[:4] + t.header[5:], [record[:4] + record[5:] for record in t.records], t.below
    ).body(),
    "a column gone without its heading": lambda t: t.changed(lambda record: record[:4] + record[5:]),
    "two columns in another order": lambda t: Table(
        t.above, t.header[:2][::-1] + t.header[2:], [record[:2][::-1] + record[2:] for record in t.records], t.below
    ).body(),
    "a remark between records": lambda t: (
        t.body().replace(b"\n", b"\n# remark\n", len(t.above) + 2).replace(b"\n# remark\n", b"\n", len(t.above) + 1)
    ),
    "a line that counts the records": lambda t: t.body() + b"Total: 3\n",
    "a quotation mark that is not closed": lambda t: t.body().replace(b",", b',"', len(t.header) * 2 + 3),
    "None for empty": lambda t: t.changed(lambda record: [value or "NaN" for value in record]),
    "digits in full width": lambda t: t.changed(
        lambda record: [v.translate({48 + n: 0xFF10 + n for n in range(10)}) for v in record], 1
    ),
    "two records in one line": lambda t: Table(
        t.above, t.header, [t.records[0] + t.records[1], *t.records[2:]], t.below
    ).body(),
}
