"""Readers of bodies that are no plain text: what is in them comes out, value by value."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.defs.typed.lines import read_lines
from aero_assets.defs.typed.parquet_rows import read_parquet_rows
from aero_assets.defs.typed.readers import read
from aero_assets.feeds import find
from aero_assets.feeds.layouts import Caption, Layout
from tests.judging import kept

VALUES = st.one_of(st.none(), st.text(st.characters(exclude_categories=("Cs",)), max_size=12))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=12))
def test_every_value_of_a_parquet_file_comes_out_in_its_row_and_the_text_is_csv(rows):
    with TemporaryDirectory() as folder:
        file = Path(folder) / "body"
        first, second = zip(*rows, strict=True) if rows else ((), ())
        pq.write_table(pa.table({"B": pa.array(second, pa.string()), "A": pa.array(first, pa.string())}), file)
        found = read_parquet_rows(file, ("A", "B")).read_all().to_pylist()
    assert [(row["line_number"], tuple(row["given"])) for row in found] == list(enumerate(rows, 1))
    for row in found:
        assert next(csv.reader(io.StringIO(row["body"], newline=""), strict=True)) == [
            value or "" for value in row["given"]
        ]


@settings(max_examples=40, deadline=None)
@given(above=st.integers(0, 5), records=st.lists(st.sampled_from(["a,b", "", "  ", "END of it", "x"]), max_size=12))
def test_lines_keep_their_numbers_whatever_stands_above_them_and_the_footer_is_none(above, records):
    layout = Layout(preamble_lines=above, footer="END", captions=(Caption("C", "said (.)"),) if above else ())
    with TemporaryDirectory() as folder:
        file = Path(folder) / "body.txt"
        file.write_text("\n".join([*["said X"] * above, "A,B", *records, ""]))
        file.write_bytes(kept(file))
        found = read_lines(file, layout).read_all().to_pylist()
    expected = [(number, text) for number, text in enumerate(records, above + 2) if text.strip() and text[:3] != "END"]
    assert [(row["line_number"], row["body"]) for row in found] == expected
    assert all(row.get("given", ["X"]) == ["X"] for row in found)


def test_a_column_that_is_not_there_is_one_record_that_says_so(tmp_path):
    file = tmp_path / "body"
    pq.write_table(pa.table({"A": ["1"]}), file)
    [aside] = read_parquet_rows(file, ("A", "C")).read_all().to_pylist()
    assert (aside["defect"], aside["given"]) == ("unreadable_body", [])


def no_text(kind: pa.DataType, *values: bytes | None) -> pa.Array:
    """Return a column of texts as writers without checks make it: bytes that only claim to be UTF-8."""
    array = pa.array(values, pa.binary())
    return array if kind == pa.binary() else pa.Array.from_buffers(pa.string(), len(array), array.buffers())


@pytest.mark.parametrize("kind", [pa.string(), pa.binary()], ids=str)
@pytest.mark.parametrize("feed", ["partner/gsa_fares", "partner/bts_ontime"])
def test_a_text_of_parquet_that_is_no_utf_8_costs_its_row_alone(tmp_path, feed, kind):
    header = find(feed).header
    values = no_text(kind, b"one", b"caf\xe9", b"three", None, "café".encode())
    columns = {header[0]: values} | {name: pa.array(["x"] * len(values)) for name in header[1:]}
    pq.write_table(pa.table(columns), tmp_path / "body")
    records = read(tmp_path / "body", datetime(2026, 11, 23, tzinfo=UTC), find(feed)).read_all().to_pylist()
    assert [record["line_number"] for record in records] == [1, 2, 3, 4, 5]
    assert [record["defect"] for record in records] == [None, "bad_encoding", None, None, None]
    assert records[4]["body"].startswith(("café,", '"café",'))
