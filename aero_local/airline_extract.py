"""The extract without PostgreSQL: it reads the synthetic airline directly and takes the arguments of the Glue job.

    python -m aero_local.airline_extract --JOB_NAME aero-local-extract --window-start … --window-end … --tables legs \
        --raw-path s3://bucket/opsdb

Commits, parts and fingerprints equal those that Spark writes from a database that `opsdb.fill` filled, because hours,
rows and names come from the extract's own code. The file `airline/database.json` in the state directory names the seed
and the operating days.
"""

import argparse
import json
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from aero_airline import Airline
from aero_assets.environment import Environment
from aero_assets.extracts import AIRLINE_NOTE
from aero_extract import hours, raw_store, windows
from aero_extract.raw_store import Part, RawStore, Stamp, StoreError
from aero_extract.tables import TABLES, Table
from aero_extract.windows import Window, WindowError
from aero_local.airline_database import AirlineDatabase, Row
from aero_local.errors import AeroError

#: A plan is entered no earlier than this before its operating day.
PLANNED = timedelta(days=2)


@dataclass(frozen=True)
class Note:
    """A note in the state directory: the seed of the airline and the operating days in its database."""

    seed: int
    first: date
    last: date

    def save(self, state: Path) -> None:
        """Write the note into a state directory."""
        path = state / AIRLINE_NOTE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"seed": self.seed, "first": f"{self.first}", "last": f"{self.last}"}) + "\n")

    @classmethod
    def of(cls, state: Path) -> "Note":
        """Return the note of a state directory; raise `AeroError` where there is none."""
        try:
            kept = json.loads((state / AIRLINE_NOTE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise AeroError(
                f"{state / AIRLINE_NOTE} is missing: no airline has a database here.",
                "`make demo` makes one; `aero opsdb up` starts a PostgreSQL of your own.",
            ) from None
        return cls(kept["seed"], date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]))


class AirlineReader:
    """Reader of the airline's database at a moment, in the order of the hours; its lines are lists of texts."""

    def __init__(self, database: AirlineDatabase, bucket: str, s3: Any = None) -> None:  # noqa: ANN401
        self.database, self.bucket, self.s3 = database, bucket, s3 or raw_store.client("s3")
        self.snapshot_at = database.at
        self._days, self._coming = database.each_day(), deque(database.days)
        #: Rows of the days that hours still ask for: moment of the last change and line, by table.
        self._rows: dict[str, list[tuple[datetime, str]]] = {name: [] for name in TABLES}
        self._rates = database.rates()
        #: Money in the rows read so far, by name; a withdrawn row counts nowhere.
        self.money: Counter[str] = Counter()

    def changed(self, table: Table, window: Window, overlap_minutes: int) -> tuple[int, str | None, Any]:
        """Return the rows that changed in a window: their number, the latest time of change (UTC), their lines."""
        since = window.since(overlap_minutes)
        self._read(window.end)
        # Hours are asked in their order: what changed before this one is asked no more.
        kept = self._rows[table.name] = [row for row in self._rows[table.name] if row[0] >= since]
        rows = [row for row in kept if row[0] < window.end]
        latest = windows.text(max(moment for moment, _ in rows)) if rows else None
        return len(rows), latest, [line for _, line in rows]

    def count(self, table: Table) -> int:
        """Return the number of rows of a table."""
        return len(self._whole(table))

    def digest(self, table: Table) -> str:
        """Return a digest of a table, which changes when any row of the table changes."""
        return sha256("\n".join(sorted(self._whole(table))).encode()).hexdigest()

    def compared(
        self, table: Table, before: tuple[str, ...], sequence: int, noticed_at: str
    ) -> tuple[dict[str, int], Any, Any]:
        """Compare a table with the lines of earlier parts, as `aero_extract.compare` does."""
        now = {_key(table, line): line for line in self._whole(table)}
        old = {_key(table, line): line for part in before for line in raw_store.read_part(self.bucket, part)}
        lines, kinds = [], Counter[str]()
        for key in {**old, **now}:
            kind = _kind(old.get(key), now.get(key))
            kinds[kind] += 1
            if kind != hours.SAME:
                gone = f',"deleted_at":"{noticed_at}"' if kind == "delete" else ""
                lines.append(f'{now.get(key, old.get(key, ""))[:-1]},"row_version":{sequence}{gone}}}')
        return kinds, lines, list(now.values())

    def write(self, lines: Any, name: str, stamp: Stamp | None) -> list[Part]:  # noqa: ANN401 - as the protocol
        """Write lines into one object and return that object; return nothing if there are no lines."""
        return list(raw_store.write_part(self.bucket, hours.part_key(name, 0), lines, stamp, self.s3))

    def _whole(self, table: Table) -> list[str]:
        if table.stamp:
            raise StoreError(f"{table.name} says when its rows change: it is read by the hour")
        return self._rates

    def _read(self, until: datetime) -> None:
        """Load the operating days whose plan may have been entered before a moment."""
        while self._coming and self._coming[0] <= (until + PLANNED).date():
            self._coming.popleft()
            for name, rows in next(self._days).items():
                self._rows[name] += [(row.changed_at, row.line(TABLES[name])) for row in rows.values()]
                self.money.update(_money(name, rows.values()))


def _money(table: str, rows: Iterable[Row]) -> Counter[str]:
    """Return the revenue of flown coupons and the cost of legs in US cents."""
    cents: Counter[str] = Counter()
    for row in rows:
        values = row.values
        if "deleted_at" not in values and table == "tickets" and values["status"] == '"flown"':
            cents["flown_revenue_usd"] += _cents(values["fare_usd"]) + _cents(values["ancillary_usd"])
        elif "deleted_at" not in values and table == "leg_costs":
            cents["cost_usd"] += _cents(values["amount_usd"])
    return cents


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def _key(table: Table, line: str) -> tuple[Any, ...]:
    row = json.loads(line)
    return tuple(row[name] for name in table.key)


def _kind(old: str | None, now: str | None) -> str:
    if old == now:
        return hours.SAME
    return "insert" if old is None else "delete" if now is None else "update"


def run(given: argparse.Namespace, state: Path) -> list[dict[str, Any]]:
    """Extract every window of the request; return the content of the commits."""
    tables, asked = hours.asked(given)
    windows.refuse_unfinished(asked, datetime.now(UTC))
    note, store = Note.of(state), RawStore(given.raw_path)
    database = AirlineDatabase(Airline(note.seed), note.first, note.last, asked[-1].end)
    reader = AirlineReader(database, store.bucket, store.s3)
    done = list(_told(hours.Extract(reader, store, given), asked, tables))
    money = {name: cents / 100 for name, cents in reader.money.items()}
    store.report(given.run_id, {"windows": done, "drift": [], "money": money})
    return done


def _told(extract: hours.Extract, asked: list[Window], tables: list[Table]) -> Iterator[dict[str, Any]]:
    """Yield the commits, and print one line for every day of them."""
    rows = 0
    for window in asked:
        commit = extract.window(window, tables)
        rows += sum(counts["rows"] for counts in commit["tables"].values())
        if window.end.hour == 0 or window is asked[-1]:
            print(f"datos sintéticos: {rows:,} rows until {window.extracted_at[:16]}Z", flush=True)
        yield commit


def main(arguments: list[str]) -> int:
    """Run the extract; a wrong window or table gives one message and exit code 1."""
    try:
        run(hours.options(arguments), Environment.current().state)
    except (AeroError, StoreError, WindowError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
