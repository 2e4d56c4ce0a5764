"""Records of CSV bodies, split without the reader and the engine of the typed step, for the comparison in the balance.

Values that reach the typed zone unchanged are taken out of each line by separate code.
"""

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute

from aero_assets.feeds import Column, Feed
from aero_assets.zones import dot_airports
from aero_ingest.gunzip import GZIP

#: Arrow makes these functions when it is imported: no type checker knows them.
pc: Any = pyarrow.compute
CHUNK_LINES = 50_000
#: Characters that the engine takes for a space when it trims a value: Unicode's space separators.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
#: Carriage returns that belong to the end of a line; others are part of a value.
LINE_END = re.compile(rb"\r+(?=\n|\Z)")

Batch = dict[str, Any]


#: Readings that turn one spelling of a value into another, whatever else a record says.
_RESPELT = re.compile(r"(airport_code|carrier_code)\((\w+)[,)]")


def carried(feed: Feed) -> tuple[Column, ...]:
    """Return the typed columns whose value is that of one raw column, possibly written in another form."""
    return tuple(column for column in feed.columns if _raw(feed, column)[0] in feed.header)


def _raw(feed: Feed, column: Column) -> tuple[str, str]:
    """Return a column's raw column and the reading that rewrites its value; no raw column if none is carried."""
    values = {value.name: value.sql for value in feed.values}
    if reading := _RESPELT.match(values.get(column.sql, "")):
        return reading[2], reading[1]
    return column.sql.strip('"'), ""


def respelt(feed: Feed, columns: Batch) -> Batch:
    """Return texts of carried columns in the form of the typed zone; null for a word that stands for no value."""
    known = {column.name: column for column in carried(feed)}
    return {name: _mapped(values, feed, _raw(feed, known[name])[1]) for name, values in columns.items()}


def _mapped(values: Any, feed: Feed, reading: str) -> Any:  # noqa: ANN401 - arrow has no types
    if not (reading or feed.layout.unknown):
        return values
    coded = pc.dictionary_encode(values)
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    words = [None if word in feed.layout.unknown else _spelt(word, reading) for word in coded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(coded.indices)


def _spelt(word: str | None, reading: str) -> str | None:
    if word and reading == "carrier_code":
        return re.sub(r"^(\w\w) \(\d\)$", r"\1", word)
    if word and reading == "airport_code" and (number := re.fullmatch(r"(\d{5})([.]0+)?", word)):
        airport = dot_airports().get(int(number[1]))
        return airport.iata if airport else word
    return word


def of_csv(feed: Feed, body: Path, raw_key: str) -> Iterator[Batch]:
    """Split the lines by the delimiter; a line with another number of values cannot have become a row."""
    places, widths = _in_file(feed, body)
    number = 1
    with opened(body) as file:
        while lines := file.readlines(CHUNK_LINES * 200):
            text = LINE_END.sub(b"", b"".join(lines)).decode("utf-8", "replace")
            texts = pa.array(text.removesuffix("\n").split("\n"), pa.string())
            names = pc.binary_join_element_wise(
                f"{raw_key}#", pa.array(range(number, number + len(texts))).cast(pa.string()), ""
            )
            number += len(texts)
            quoted = pc.match_substring(texts, '"')
            parts = pc.split_pattern(texts, feed.delimiter)
            whole = pc.and_(pc.is_in(pc.list_value_length(parts), pa.array(widths, pa.int32())), pc.invert(quoted))
            parts = parts.filter(whole)
            columns = {name: _at(parts, place) for name, place in places.items()}
            yield {"raw_ref": names.filter(whole), **respelt(feed, columns)}
            if pc.any(quoted).as_py():
                lines = texts.filter(quoted).to_pylist()
                batch = _of_quoted(names.filter(quoted).to_pylist(), lines, feed.delimiter, places, widths)
                yield {"raw_ref": batch.pop("raw_ref"), **respelt(feed, batch)}


def _in_file(feed: Feed, body: Path) -> tuple[dict[str, int | None], tuple[int, ...]]:
    """Return the place of each carried column in a file, and the possible numbers of values of a record.

    For a feed with columns found by name, this code searches the names itself, separately from door and reader.
    """
    if not feed.layout.by_name:
        return {column.name: place(feed, column) for column in carried(feed)}, (len(feed.header),)
    with opened(body) as file:
        header = next(islice(file, feed.layout.preamble_lines, None), b"").decode("utf-8-sig", "replace").strip()
    seen = next(csv.reader([header]), [])
    # A record may end in a comma more than its header.
    return named_places(feed, seen), (len(seen), len(seen) + 1)


def named_places(feed: Feed, seen: Sequence[str]) -> dict[str, int | None]:
    """Return the place of each carried column among the names of a file; None if it is missing."""
    plain = [_plain(name) for name in seen]
    places = {}
    for column in carried(feed):
        own = feed.header[place(feed, column)]
        others = feed.layout.also_called.get(own, ())
        names = [_plain(name) for name in (others if own in others else (own, *others))]
        places[column.name] = next((plain.index(name) for name in names if name in plain), None)
    return places


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _at(parts: Any, place: int | None) -> Any:  # noqa: ANN401 - arrow has no types
    return pa.nulls(len(parts), pa.string()) if place is None else trimmed(pc.list_element(parts, place))


def _of_quoted(
    names: list[str], texts: list[str], delimiter: str, places: dict[str, int | None], widths: Sequence[int]
) -> Batch:
    rows = [next(csv.reader([text], delimiter=delimiter), []) for text in texts]
    whole = [(name, row) for name, row in zip(names, rows, strict=True) if len(row) in widths]
    columns = {
        column: trimmed(pa.array([None if place is None else row[place] for _, row in whole], pa.string()))
        for column, place in places.items()
    }
    return {"raw_ref": pa.array([name for name, _ in whole], pa.string()), **columns}


def place(feed: Feed, column: Column) -> int:
    """Return the place, from 0, of a carried column's raw column in the header of its feed."""
    return feed.header.index(_raw(feed, column)[0])


def trimmed(values: Any) -> Any:  # noqa: ANN401 - arrow has no types
    """Return texts without surrounding spaces; null for empty ones."""
    plain = pc.utf8_trim(values, SPACES)
    return pc.if_else(pc.equal(plain, ""), None, plain)


def opened(body: Path) -> BinaryIO | gzip.GzipFile:
    """Open a body, unpacked if it is gzipped."""
    with body.open("rb") as file:
        packed = file.read(2) == GZIP
    return gzip.open(body, "rb") if packed else body.open("rb")
