"""A feed as its sample file shows it: header, type of every column, columns with local times or airports.

The typed step itself reads the sample, so a type is chosen only if every value is accepted. The meaning of a column is
not guessed; if the sample allows several choices, the choice carries a note for a person.
"""

import csv
import gzip
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from aero_assets.defs.typed import rows
from aero_assets.feeds import Column, Feed, FeedError
from aero_assets.feeds.lineage import LINEAGE
from aero_assets.feeds.register import OWN, RESERVED
from aero_assets.zones import airports

RECORDS_LOOKED_AT = 20_000
SHOWN = 5
#: Words that SQL of Redshift keeps for itself, or that our SQL linter takes for such; DuckDB is asked for its own.
LINTER_WORDS = frozenset(
    """
    action add after all always analyze and any are array as asc at attribute before begin between bigint binary boolean
    both by call case cast catalog category char character check class close code collate column columns comment commit
    condition connection constraint content copy cost count create cross cube current current_date current_time
    current_timestamp current_user cycle data database date day dec decimal default delete delta desc describe disable
    distinct do document double drop else empty enable encode end epoch event every except exists explain external false
    fetch file filter final first flag float following for foreign format found free from full function future general
    get global go grant greatest group grouping groups handler hash having header history hour id identity if ignore in
    include increment index inner input insert int integer intersect interval into is join json keep key label lag
    language large last lateral lead leading least left length level like limit line lines list load local location lock
    log main manage map mapping match max member merge message_text method min minus minute mode model month more name
    names natural new next no none not nothing null nulls number numeric object of off offset oid old on one only open
    operator option or order others out outer output over overlaps owner parameter partial partition password past path
    pattern per percent period permissions pivot plan plans policy port position power precision preceding primary prior
    priority private procedure public qualify quarter quota quote range rank raw read real recover reference references
    region release remove rename replace reset resource respect restore result return right role row rows rule running
    scale schema scope search second section security self sequence server session set show similar size skip snapshot
    some sort source space specific sql stage start state statement static statistics storage stream string structure
    style sum summarize symmetric system table tag target task temp template text then through ties time timestamp to
    token top trailing transaction trigger trim true truncate type types under union unique unknown unnest unpivot
    update upper usage use user using valid validate value values varchar verbose version view wallet warehouse week
    weekday when where window with within without work write year yes zone
    """.split()  # noqa: SIM905 - a word a line is not easier to read
)
#: Ways to write a date that a cast does not understand: format, and how such a text looks.
DATE_FORMATS = (
    ("%d/%m/%Y", "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"),
    ("%m/%d/%Y", "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"),
    ("%d-%m-%Y", "[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"),
    ("%m-%d-%Y", "[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"),
    ("%d.%m.%Y", "[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}"),
    ("%Y%m%d", "(19|20)[0-9]{6}"),
    ("%d-%b-%Y", "[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}"),
    ("%d-%b-%y", "[0-9]{1,2}-[A-Za-z]{3}-[0-9]{2}"),
    ("%d%b%y", "[0-9]{1,2}[A-Za-z]{3}[0-9]{2}"),
)
_WHOLE = "[+-]?(0|[1-9][0-9]*)"
#: Type and look of a value of it, tried in this order; what starts with a superfluous zero is a code, not a number.
LOOKS = (
    ("BOOLEAN", "(?i)true|false|yes|no"),
    ("INTEGER", "[+-]?(0|[1-9][0-9]{0,5})"),
    ("BIGINT", _WHOLE),
    ("DOUBLE", f"({_WHOLE})?([.][0-9]*)?([eE][+-]?[0-9]+)?"),
    ("DATE", "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"),
    ("TIMESTAMP", ".+:.+"),
)


@dataclass(frozen=True)
class Guess:
    """One column: its heading, its type, the open decision for a person, and its last date if it holds dates."""

    raw: str
    name: str
    type: str
    sql: str
    note: str = ""
    newest: date | None = None


@dataclass(frozen=True)
class Sample:
    """A sample file as read: `text` is its header with the first records, `clock` and `airport` are SQL examples."""

    columns: tuple[Guess, ...]
    text: str
    clock: str | None
    airport: str | None

    @property
    def header(self) -> tuple[str, ...]:
        """The headings, in the form in which the door compares them."""
        return tuple(column.raw for column in self.columns)


@cache
def kept_words() -> frozenset[str]:
    """Return the reserved words of SQL: a column with such a name would need quotes in every query."""
    rows = duckdb.execute(
        "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
    ).fetchall()
    return LINTER_WORDS | {word for (word,) in rows}


def read(path: Path) -> Sample:
    """Read a sample; raise FeedError if the door or the typed step would refuse the file."""
    lines = list(islice(_lines(path), RECORDS_LOOKED_AT))
    if not lines or not lines[0].strip():
        raise FeedError(f"{path} is empty: the first line must name the columns")
    header = _header(path, lines[0])
    records = [line for line in lines[1:] if line.strip()]
    if not records:
        raise FeedError(f"{path} has a header and no record below it: a sample needs some")
    with duckdb.connect() as connection:
        _load(connection, path, header, lines)
        names = list(typed_names(header))
        columns = tuple(_guess(connection, n, raw, names[n]) for n, raw in enumerate(header))
        clock, airport = _clock(connection, columns), _airport(connection, columns)
    return Sample(columns, "\n".join([lines[0], *records[:SHOWN], ""]), clock, airport)


def snake(name: str) -> str:
    """Turn a heading into a snake_case name."""
    plain = unicodedata.normalize("NFKD", name.strip()).encode("ascii", "ignore").decode()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    snaked = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "column"
    return snaked if snaked[0].isalpha() else f"n_{snaked}"


def typed_names(header: Iterable[str]) -> Iterator[str]:
    """Yield a name for the typed column of every heading: all different, none used by SQL or the typed step."""
    taken = {column.name for column in LINEAGE} | RESERVED
    for raw in header:
        name = snake(raw)
        if name in taken | kept_words():
            name = f"{name}_given"
        others = (f"{name}_{n}" for n in range(2, 10_000))
        name = next(candidate for candidate in chain((name,), others) if candidate not in taken)
        taken.add(name)
        yield name


def quoted(raw: str) -> str:
    """Return a heading in the form in which SQL names the raw column."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", raw) and raw.lower() not in kept_words()
    return raw if plain else '"' + raw.replace('"', '""') + '"'


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, gzipped or not, without line ends and byte order mark."""
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    number = 0
    try:
        with gzip.open(path) if zipped else path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if "\0" in text:
                    raise FeedError(f"{path}:{number}: not text; export it as CSV in UTF-8")
                yield text
    except UnicodeDecodeError:
        raise FeedError(f"{path}:{number}: not UTF-8 text; export it as CSV in UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(f"{path} cannot be read after line {number}: {error}") from error


def _header(path: Path, line: str) -> tuple[str, ...]:
    """Return the headings in the form in which the door reads them."""
    header = tuple(next(csv.reader([line])))
    others = {";": "semicolons", "\t": "tabs", "|": "bars"}
    if len(header) == 1 and (separators := [name for mark, name in others.items() if mark in line]):
        raise FeedError(f"{path}:1: columns are separated by {separators[0]}; the door reads commas, ask for those")
    lower = [name.lower() for name in header]
    if "" in [name.strip() for name in lower]:
        raise FeedError(f"{path}:1: column {[name.strip() for name in lower].index('') + 1} has no name")
    if twice := [name for name, key in zip(header, lower, strict=True) if lower.count(key) > 1]:
        raise FeedError(f"{path}:1: columns that SQL cannot tell apart (it ignores case): {', '.join(twice)}")
    if taken := OWN.intersection(lower):
        raise FeedError(f"{path}:1: the typed step uses these names itself: {', '.join(sorted(taken))}")
    if not all(name.isprintable() for name in header):
        raise FeedError(f"{path}:1: a heading holds a character that cannot be printed")
    return header


def _load(connection: duckdb.DuckDBPyConnection, path: Path, header: tuple[str, ...], lines: list[str]) -> None:
    """Let the typed step split the records into columns c0, c1, … of `judged`; a refused record is an error."""
    texts = [Column(f"c{n}", "VARCHAR", "-", '"' + raw.replace('"', '""') + '"') for n, raw in enumerate(header)]
    columns = (*texts, Column("no_date", "DATE", "-", "null"))
    feed = Feed("partner", "sample", 1, "", "", "", "file", "", "no_date", header, ",", (), (), (), columns, 1, 1)
    with TemporaryDirectory() as folder:
        body = Path(folder) / "body.csv.gz"
        body.write_bytes(gzip.compress("\n".join([*lines, ""]).encode(), 1))
        rows.prepare(connection)
        rows.add_lines(connection, body, "sample", datetime(2000, 1, 1, tzinfo=UTC))
    rows.judge(connection, feed, date(1900, 1, 1), date(9999, 12, 31))
    refused = "select line_number, message from judged where reason is not null order by 1 limit 1"
    for number, message in connection.execute(refused).fetchall():
        raise FeedError(f"{path}:{number}: the typed step would refuse this record: {message}")


def _all(connection: duckdb.DuckDBPyConnection, number: int, *conditions: str) -> list[bool]:
    """Return for each condition over `c` whether every value of a column meets it, and whether there is a value."""
    asked = ", ".join(f"bool_and({condition})" for condition in conditions)
    question = f"select {asked} from (select c{number} as c from judged where c{number} is not null)"
    [answers] = connection.execute(question).fetchall()
    return [answer is True for answer in answers]


def _guess(connection: duckdb.DuckDBPyConnection, number: int, raw: str, name: str) -> Guess:
    """Return the narrowest type that fits every value of a column."""
    sql = quoted(raw)
    # All in one question: the engine takes longer to understand one than to answer it.
    dates = (f"regexp_full_match(c, '{look}') and try_strptime(c, '{form}') is not null" for form, look in DATE_FORMATS)
    looks = (f"regexp_full_match(c, '{look}') and not ({rows.misfit('c', kind)})" for kind, look in LOOKS)
    utc = f"utc_text(c) <> c and not ({rows.misfit('utc_text(c)', 'TIMESTAMP')})"
    *holds, is_utc = _all(connection, number, *dates, *looks, utc)
    formats = [form for (form, _), fits in zip(DATE_FORMATS, holds, strict=False) if fits]
    if formats:
        note = f"days and months cannot be told apart in the sample: {' or '.join(formats)}?" if formats[1:] else ""
        newest = _newest(connection, f"date_text(c{number}, '{formats[0]}')")
        return Guess(raw, name, "DATE", f"date_text({sql}, '{formats[0]}')", note, newest)
    for (kind, _), fits in zip(LOOKS, holds[len(DATE_FORMATS) :], strict=True):
        if fits:
            if kind in ("INTEGER", "BIGINT") and re.search(r"(?i)time|hora|clock", raw):
                break
            return Guess(raw, name, kind, sql, newest=_newest(connection, f"c{number}") if kind == "DATE" else None)
    if is_utc:
        return Guess(raw, name, "TIMESTAMP", f"utc_text({sql})")
    return Guess(raw, name, "VARCHAR", sql)


def _newest(connection: duckdb.DuckDBPyConnection, sql: str) -> date:
    """Return the last date of a column that holds only dates."""
    [(newest,)] = connection.execute(f"select max(cast({sql} as date)) from judged").fetchall()
    return newest


def _clock(connection: duckdb.DuckDBPyConnection, columns: tuple[Guess, ...]) -> str | None:
    """Return an expression for the first column that looks like a local time, as hhmm or h:mm."""
    for number, column in enumerate(columns):
        if column.type == "VARCHAR" and all(
            _all(connection, number, "length(c) >= 3 and clock_minutes(c) is not null")
        ):
            return column.sql
    return None


def _airport(connection: duckdb.DuckDBPyConnection, columns: tuple[Guess, ...]) -> str | None:
    """Return the first column that holds only known airports."""
    for number, column in enumerate(columns):
        if column.type == "VARCHAR":
            codes = connection.execute(f"select distinct c{number} from judged where c{number} is not null").fetchall()
            if codes and {code for (code,) in codes} <= airports().keys():
                return column.sql
    return None
