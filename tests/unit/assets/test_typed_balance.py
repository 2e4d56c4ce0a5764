"""The balance of the typed step: a row that its reader, its engine or its store lost, doubled, invented or mixed up
shows in the ledger; on a good day nothing does.
"""

import gzip
from datetime import UTC, datetime

import duckdb
import pytest

from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.feeds import find
from aero_assets.outcomes import ledger, problems
from aero_assets.storage import DamagedObjectError
from tests import faults
from tests.fakes import FolderBucket, drop
from tests.unit.feeds import afac_workbooks as afac
from tests.unit.feeds.event_rows import wrapped
from tests.unit.feeds.test_partner__bts_ontime import CANCELLED, GUAM, PLAIN
from tests.unit.feeds.test_partner__metar import FOG, STORM
from tests.unit.ingest.message_samples import FOLDER, REFERENCE, sample
from tests.unit.streaming.event_samples import event

FEED = find("partner/bts_ontime")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
GARBLED = GUAM.replace("3801", "-3801")
DAY = (PLAIN, GUAM, PLAIN, CANCELLED, GARBLED)


PLAINLY = (",".join(FEED.header), *DAY)
#: Columns as another publisher orders them; the carrier, which faults swap, stays the fifth.
ORDER = (2, 1, 0, 3, 4, *range(len(FEED.header) - 1, 4, -1))


def elsewhere(records: tuple[str, ...]) -> tuple[str, ...]:
    """The records in the layout of another publisher: other names and order, a column more, a comma at the end."""
    names = [FEED.layout.also_called.get(name, (name.lower(),))[0] for name in FEED.header]
    values = [[record.split(",")[place] for place in ORDER] for record in records]
    quoted = [[*cells[:-1], f'"{cells[-1]}"'] for cells in values]
    return (",".join([*(names[place] for place in ORDER), "Quarter"]), *(",".join([*row, "1", ""]) for row in quoted))


def compact(root, lake=None, lines=PLAINLY, **given):
    """One day of three good rows, one repeat and one that is refused."""
    raw, lake = FolderBucket(root / "raw"), lake or FolderBucket(root / "lake")
    body = "\n".join((*lines, ""))
    drop(raw, FEED, "partner/bts_ontime/a.csv", gzip.compress(body.encode(), mtime=0), AT)
    planned = plan(list_arrivals(raw, FEED))
    done = compact_day(Compactor(raw, lake, root / "scratch", **given), FEED, planned, AT.date()).outcome
    [row] = ledger(lake, ["typed"])
    assert row["rows_out"] == done.rows_out, "the ledger has the row before anybody complains"
    return done


def test_a_clean_day_balances_with_its_repeats_and_refusals(tmp_path):
    done = compact(tmp_path)
    assert (done.rows_in, done.rows_out, done.duplicates, done.rejects, done.mixed) == (5, 3, 1, 1, 0)
    assert (done.balanced, done.problem) == (True, "")


def test_a_day_in_another_layout_balances_and_what_is_mixed_up_shows(tmp_path):
    day = elsewhere(DAY)
    done = compact(tmp_path / "good", lines=day)
    assert (done.rows_in, done.rows_out, done.duplicates, done.rejects, done.mixed) == (5, 3, 1, 1, 0)
    spoilt = compact(tmp_path / "mixed", lines=day, read=faults.reader("mix"))
    assert (spoilt.mixed, spoilt.balanced) == (2, False)


@pytest.mark.parametrize(
    ("kind", "difference", "mixed"), [("lose", 1, 0), ("double", -1, 0), ("invent", -1, 1), ("mix", 0, 2)]
)
def test_what_the_reader_spoils_does_not_balance(tmp_path, kind, difference, mixed):
    done = compact(tmp_path, read=faults.reader(kind))
    assert (done.difference, done.mixed, done.balanced) == (difference, mixed, False)
    assert done.problem.startswith("typed partner/bts_ontime partner.bts_ontime of 2026-11-16: ")
    assert problems([done]) == done.problem


@pytest.mark.parametrize(
    ("statement", "difference", "mixed"),
    [
        ("delete from judged where reason is null and carrier = 'UA'", 1, 0),
        ("delete from judged where reason is not null", 1, 0),
        ("insert into judged from judged where carrier = 'UA' and reason is null", -1, 0),
        ("insert into judged select * replace (event_id || 'x' as event_id, leg_uid || 'x' as leg_uid, "
         "'X' as carrier) from judged where reason is null limit 1",
         -1, 1),
        ("update judged set carrier = case carrier when 'AS' then 'UA' else 'AS' end", 0, 3),
    ],
)  # fmt: skip
def test_what_the_engine_spoils_does_not_balance(tmp_path, statement, difference, mixed):
    def connect(path):
        return faults.Engine(duckdb.connect(path), "create or replace temp table judged", statement)

    done = compact(tmp_path, connect=connect)
    assert (done.difference, done.mixed) == (difference, mixed)


@pytest.mark.parametrize(("kind", "difference"), [("lose", 1), ("double", -1), ("invent", -1)])
def test_what_the_store_spoils_does_not_balance(tmp_path, kind, difference):
    done = compact(tmp_path, lake=faults.Store(tmp_path / "lake", "typed/", kind, "carrier"))
    assert (done.difference, done.balanced) == (difference, False)


def test_an_object_that_arrived_without_its_end_counts_no_row(tmp_path):
    class Cut(FolderBucket):
        def upload(self, path, key):
            cut = path.with_name("cut")
            cut.write_bytes(path.read_bytes()[:-20])
            return super().upload(cut, key)

    assert compact(tmp_path, lake=Cut(tmp_path / "lake")).rows_out == 0


def test_a_body_that_lost_a_line_after_the_door_is_not_what_its_receipt_says(tmp_path):
    class Losing(FolderBucket):
        def download(self, key, path):
            super().download(key, path)
            lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
            path.write_bytes(gzip.compress(b"".join(lines[:-1])))

    raw, lake = Losing(tmp_path / "raw"), FolderBucket(tmp_path / "lake")
    body = "\n".join((",".join(FEED.header), *DAY, ""))
    drop(raw, FEED, "partner/bts_ontime/a.csv", gzip.compress(body.encode(), mtime=0), AT)
    with pytest.raises(DamagedObjectError, match="not what its receipt says"):
        compact_day(Compactor(raw, lake), FEED, plan(list_arrivals(raw, FEED)), AT.date())


EVENTS = find("ops/leg_events")


def compact_events(root, **given):
    """Four events, one of them twice, and a line that is none."""
    raw = FolderBucket(root / "raw")
    sent = [event(kind) for kind in ("out", "off", "on", "in", "in")]
    raw._put(f"{EVENTS.path}/dt=2026-11-23/hh=17/a", gzip.compress(wrapped(*sent, b"{broken")))
    compactor = Compactor(raw, FolderBucket(root / "lake"), **given)
    [(day, _)] = (planned := plan(list_arrivals(raw, EVENTS))).items()
    return compact_day(compactor, EVENTS, planned, day).outcome


def test_lines_of_events_are_counted_in_their_objects(tmp_path):
    done = compact_events(tmp_path)
    assert (done.rows_in, done.rows_out, done.duplicates, done.rejects, done.mixed) == (6, 4, 1, 1, 0)


@pytest.mark.parametrize(
    ("statement", "difference", "mixed"),
    [
        ("delete from judged where event_type = 'out'", 1, 0),
        ("insert into judged from judged where event_type = 'on'", -1, 0),
        ("insert into judged select * replace ('x' as event_id) from judged where event_type = 'on'", -1, 1),
        ("update judged set event_type = case event_type when 'out' then 'off' else 'out' end "
         "where event_type in ('out', 'off')", 0, 2),
        ("update judged set out_at = out_at + interval 1 minute where event_type = 'out'", 0, 1),
    ],
)  # fmt: skip
def test_what_the_engine_spoils_of_events_does_not_balance(tmp_path, statement, difference, mixed):
    def connect(path):
        return faults.Engine(duckdb.connect(path), "create or replace temp table judged", statement)

    done = compact_events(tmp_path, connect=connect)
    assert (done.difference, done.mixed) == (difference, mixed)


PARSED = {
    "partner/messages": ("sent_at", "\n\n".join(map(sample, ("mvt_01_departure", "mvt_02_arrival", "ldm_01")))),
    "partner/ssim": ("std_at", (FOLDER / "sample_am_w26.ssim").read_text(encoding="ascii")),
    "partner/metar": ("station", f"{STORM.replace('222312Z', '221712Z')}\n{FOG}\n"),
    "partner/afac_sase": ("flights", ""),
    "partner/costs": (
        "amount",
        "Fecha,Vuelo,Moneda,Combustible,Handling\n2026-11-20,AM905,USD,10,x\n2026-11-20,AM906,USD,7,8\n",
    ),
}


def compact_parsed(root, feed, body, **given):
    """A body that a parser takes apart."""
    raw = FolderBucket(root / "raw")
    drop(raw, feed, f"{feed.path}/a", body, REFERENCE)
    compactor = Compactor(raw, FolderBucket(root / "lake"), root / "scratch", **given)
    return compact_day(compactor, feed, plan(list_arrivals(raw, feed)), REFERENCE.date()).outcome


@pytest.mark.parametrize("path", PARSED)
def test_what_a_parser_took_out_of_a_body_balances_until_the_engine_mixes_it(tmp_path, path):
    feed, (column, text) = find(path), PARSED[path]
    body = gzip.compress(text.encode(), mtime=0) if text else afac.write(tmp_path / "edition.xlsx").read_bytes()
    clean = compact_parsed(tmp_path / "clean", feed, body)
    assert (clean.mixed, clean.difference) == (0, 0)
    assert clean.rows_out >= 2

    def connect(file):
        spoil = f"update judged set {column} = (select max({column}) from judged) where reason is null"
        return faults.Engine(duckdb.connect(file), "create or replace temp table judged", spoil)

    assert compact_parsed(tmp_path / "mixed", feed, body, connect=connect).mixed > 0
