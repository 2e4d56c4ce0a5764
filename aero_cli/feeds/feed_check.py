"""`aero feed check`: the missing parts of a feed, one sentence per finding, with place, problem and remedy.

The dbt files of a feed are generated from its entry (`feed_sync.py`) and only compared here. A unit test applies this
check to every registered feed, so `make test` reports the same.
"""

import ast
import gzip
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from aero_assets.defs.typed import rows
from aero_assets.feeds import Column, Feed, FeedError, load_feed
from aero_assets.partitions import FIRST_OPERATING_DATE, OPERATING_DAYS_AHEAD
from aero_cli.feeds.feed_skeletons import PLACEHOLDER
from aero_cli.feeds.feed_sync import gaps
from aero_cli.feeds.layout import HERE, Layout
from aero_streaming.backtesting.event_records import IDENTITY

#: Values that the expressions of a feed must survive in every column: whatever a sender may write there.
TEXTS = ("", "x", "-1", "0", "1.5", "0630", "2400", "JFK", "2026-02-30", "2026-10-25", "99999999999999999999", "é")


def check(name: str, layout: Layout = HERE) -> list[str]:
    """Return the missing parts of a feed, one sentence per finding; empty if it is complete."""
    entry = layout.register(name)
    if not entry.exists():
        return [f"{entry}: no register entry; `aero feed new {name} --sample FILE` writes one"]
    try:
        feed = load_feed(entry)
    except ValueError as error:  # FeedError is one; so is a number that is none
        return [f"{error}" if isinstance(error, FeedError) else f"{entry}: {error}"]
    text = entry.read_text(encoding="utf-8")
    return [
        *_placeholders(entry, text),
        *_promises(entry, text, feed),
        *_expressions(entry, text, feed),
        *gaps(feed, layout),
        *_leg_fact_gap(layout, feed),
        *_test_gaps(layout, feed),
        *_reader_gaps(layout, feed),
    ]


def _placeholders(path: Path, text: str) -> Iterator[str]:
    """Yield every line that still has a placeholder."""
    for number, line in enumerate(text.splitlines(), 1):
        if PLACEHOLDER in line:
            asked = line.split(PLACEHOLDER)[1].strip(" '\"},")
            yield f"{path}:{number}: replace «{PLACEHOLDER} {asked}» by what you know"


def _promises(path: Path, text: str, feed: Feed) -> Iterator[str]:
    """Yield requirements of other packages on an entry that its reader does not enforce."""

    def at(start: str) -> str:
        number = next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start)), 1)
        return f"{path}:{number}"

    if PLACEHOLDER not in feed.grain and (not feed.grain.startswith("one row per ") or feed.grain.endswith(".")):
        yield f"{at('grain')}: the grain starts with «one row per » and has no full stop: it ends other sentences"
    if feed.about.endswith("."):
        yield f"{at('about')}: no full stop: other sentences go on behind it"
    if feed.arrival == "file" and feed.system != "partner":
        yield f"{at('system')}: the door for files watches partner/ and no other folder: move the feed there"
    if feed.arrival == "file" and feed.delimiter != ",":
        yield f"{at('delimiter')}: the door reads the header with commas: agree on commas with the sender"
    if feed.max_days_ahead > OPERATING_DAYS_AHEAD:
        yield f"{at('max_days_ahead')}: at most {OPERATING_DAYS_AHEAD}: later operating dates have no partition"


def _expressions(path: Path, text: str, feed: Feed) -> Iterator[str]:
    """Yield the first expression that the typed step cannot run, or that fails on unexpected text."""
    with duckdb.connect() as connection:
        rows.prepare(connection)
        yield from _to_blame(connection, path, text, feed)


def _to_blame(connection: duckdb.DuckDBPyConnection, path: Path, text: str, feed: Feed) -> Iterator[str]:
    """Yield the failure of a feed, at the register entry that causes it."""
    if not (problem := _failure(connection, feed)):
        return
    # With everything else left out, the entry that fails is the one to blame.
    bare = replace(feed, values=(), clocks=(), rules=(), columns=(Column(feed.business_date, "DATE", "-", "null"),))
    helped = replace(bare, values=feed.values, clocks=feed.clocks)
    parts = [
        *(("values", n, replace(bare, values=feed.values[: n + 1])) for n in range(len(feed.values))),
        *(("clocks", n, replace(helped, clocks=feed.clocks[: n + 1])) for n in range(len(feed.clocks))),
        *(("columns", n, replace(helped, columns=_alone(feed, column))) for n, column in enumerate(feed.columns)),
        *(("rules", n, replace(helped, rules=(rule,))) for n, rule in enumerate(feed.rules)),
    ]
    for table, number, part in parts:
        if failure := _failure(connection, part):
            starts = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{table}]]"]
            yield f"{path}:{starts[number] if number < len(starts) else 1}: [[{table}]] {failure}"
            return
    yield f"{path}: {problem}"


def _alone(feed: Feed, column: Column) -> tuple[Column, ...]:
    """Return the column, beside a business date that cannot fail."""
    is_date = column.name == feed.business_date
    return (column,) if is_date else (Column(feed.business_date, "DATE", "-", "null"), column)


def _failure(connection: duckdb.DuckDBPyConnection, feed: Feed) -> str:
    """Run the typed step on records of odd texts; return the engine's error and the remedy."""
    rows.empty(connection)
    with TemporaryDirectory() as folder:
        if feed.is_json or feed.format == "csv":
            body = Path(folder) / "body.csv.gz"
            body.write_bytes(gzip.compress("\n".join([*_odd_lines(feed), ""]).encode(), 1))
            rows.add_lines(connection, body, "check", datetime(2026, 1, 1, tzinfo=UTC), feed)
        else:
            odd = [[text] * len(feed.header) for text in TEXTS]
            connection.execute("insert into line by name select unnest($odd::varchar[][]) as given", {"odd": odd})
    try:
        rows.judge(connection, feed, FIRST_OPERATING_DATE, FIRST_OPERATING_DATE)
    except duckdb.Error as error:
        message = " ".join(line.strip() for line in f"{error}".partition("\nLINE ")[0].splitlines() if line.strip())
        remedy = " Raw values are any text: use whole(), number(), iso_date(), clock_minutes()."
        return message + (remedy if isinstance(error, duckdb.ConversionException) else "")
    return ""


def _odd_lines(feed: Feed) -> list[str]:
    """Return a file of the feed, or an object of its events, with an odd text in every column."""
    if feed.is_json:
        bodies = (json.dumps(dict.fromkeys(feed.header, text)) for text in TEXTS)
        return [json.dumps({"reason": None, "message": None, "body": body}) for body in bodies]
    above = ["-"] * feed.layout.preamble_lines
    return [*above, ",".join(feed.header), *(feed.delimiter.join([text] * len(feed.header)) for text in TEXTS)]


def _leg_fact_gap(layout: Layout, feed: Feed) -> Iterator[str]:
    """Yield a finding if a feed reports legs, but the leg merge cannot or does not read it."""
    if not feed.tells_of_legs:
        return
    if missing := sorted(set(IDENTITY) - {column.name for column in feed.columns}):
        yield f"{layout.register(feed.path)}: a feed with leg_uid tells of legs: add columns {', '.join(missing)}"
    if feed.arrival == "file":
        return
    if f"ref('{feed.staging_model}')" not in layout.leg_facts.read_text(encoding="utf-8"):
        yield f"{layout.leg_facts}: facts about legs come together here: add a select from {feed.staging_model}"


def _reader_gaps(layout: Layout, feed: Feed) -> Iterator[str]:
    """Yield gaps for readers of the feed: the promise of its columns, and texts for the reasons of its rules."""
    path = layout.promises
    if path.exists() and feed.path not in json.loads(path.read_text(encoding="utf-8")):
        yield f"{path}: no promise of {feed.path}: add its version, business_date and columns like the others"
    codes = {rule.code for rule in feed.rules}
    for path in layout.texts:
        if missing := sorted(codes - tomllib.loads(path.read_text(encoding="utf-8"))["reason"].keys()):
            yield f"{path}: [reason] has no words for {', '.join(missing)}"


def _test_gaps(layout: Layout, feed: Feed) -> Iterator[str]:
    """Yield cases that the test of a feed does not cover."""
    path = layout.test(feed.path)
    if not path.exists():
        yield f"{path}: no test of the feed; see test_partner__bts_ontime.py for one"
        return
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        yield f"{path}:{error.lineno}: {error.msg}"
        return
    nodes = list(ast.walk(tree))
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    if not any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in nodes):
        yield f"{path}: there is no test in it"
    if feed.path not in strings:
        yield f"{path}: it does not mention {feed.path}: is it the test of another feed?"
    yield from _unshown(path, feed, strings)


def _unshown(path: Path, feed: Feed, strings: Iterable[str]) -> Iterator[str]:
    for rule in feed.rules:
        if rule.code not in strings:
            yield f"{path}: no test shows a row refused as {rule.code}: break a record so that it is, say so in REFUSED"
