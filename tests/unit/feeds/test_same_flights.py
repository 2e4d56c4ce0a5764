"""Two days of real flights in four layouts end in the same typed rows."""

import gzip
from operator import itemgetter
from pathlib import Path

import pytest

from aero_assets.feeds import find
from aero_local import text_files
from tests import layout_files
from tests.judging import judged

BTS = find("partner/bts_ontime")
#: A lineage of its own has every file; the line and its digest differ with the spelling.
SAYS = {"record", "event_id", "raw_ref", "line_number", "raw_key", "message"}


def typed(body: bytes) -> list[dict]:
    """The rows of a body in the order of their legs."""
    return sorted(judged(BTS, body), key=itemgetter("leg_uid"))


def known(rows: list[dict], lacks: tuple[str, ...]) -> list[dict]:
    """The same without lineage and without columns that a layout lacks."""
    left_out = SAYS | {*lacks}
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


@pytest.fixture(scope="module")
def own(real_bts) -> list[dict]:
    """The rows of the file as its publisher writes it."""
    return typed(gzip.decompress(Path(real_bts).read_bytes()))


@pytest.mark.parametrize(
    ("write", "layout", "lacks"),
    [
        (layout_files.prezip, "PREZIP of BTS", ()),
        (layout_files.download, "T_ONTIME_REPORTING or T_ONTIME_MARKETING of TranStats", ()),
        (layout_files.dataexpo, "DataExpo 1987 to 2008", layout_files.NOT_IN_DATAEXPO),
    ],
)
def test_the_same_days_in_another_layout_end_in_the_same_typed_rows(real_bts, own, tmp_path, write, layout, lacks):
    file = write(Path(real_bts), tmp_path)
    assert BTS.layout_of(text_files.columns(file)) == layout
    here, there = known(own, lacks), known(typed(b"".join(text_files.blocks(file))), lacks)
    assert len(here) == 30_691
    assert here == there
