"""The files: the same bytes whatever the window, the faults of real senders, totals that every reader can reach."""

import csv
import gzip
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_airline import HEADER, Airline
from aero_airline import parameters as p
from aero_airline.faults import DAMAGES
from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.feeds import find
from aero_assets.zones import airports
from aero_ingest.station_clocks import zone
from tests.fakes import FolderBucket, drop
from tests.judging import judged

FIRST, DAYS = date(2026, 10, 28), 7
FEED = find("partner/airline_legs")
AIRLINE = Airline(seed=2026)


def text(path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """A week of files across a change of the clock: folder and totals."""
    folder = tmp_path_factory.mktemp("files")
    return folder, AIRLINE.files(FIRST, DAYS, folder)


@pytest.fixture(scope="module")
def lines(sent):
    """All records of all files, in order."""
    return [line for path in sorted(sent[0].iterdir()) for line in text(path).splitlines()[1:]]


@pytest.fixture(scope="module")
def judgement(lines):
    return judged(FEED, "\n".join((",".join(HEADER), *lines)) + "\n", arrived=date(2026, 11, 10))


def test_there_is_one_file_per_operating_day_with_the_header_of_the_feed(sent):
    folder, totals = sent
    names = [path.name for path in sorted(folder.iterdir())]
    assert names == [f"airline_legs_{FIRST + timedelta(days=n)}.csv.gz" for n in range(DAYS)]
    assert totals.files == DAYS
    assert FEED.header == HEADER
    for path in folder.iterdir():
        assert text(path).splitlines()[0] == ",".join(HEADER)
        # No time stamp inside.
        assert path.read_bytes()[4:8] == b"\0\0\0\0"


@settings(max_examples=6, deadline=None)
@given(st.dates(date(2023, 1, 1), date(2028, 12, 1)), st.integers(0, 3), st.integers(0, 3))
def test_the_file_of_a_day_is_the_same_bytes_whatever_the_window(tmp_path_factory, on, before, after):
    alone, wide = tmp_path_factory.mktemp("alone"), tmp_path_factory.mktemp("wide")
    Airline(seed=2026).files(on, 1, alone)
    AIRLINE.files(on - timedelta(days=before), before + 1 + after, wide)
    name = f"airline_legs_{on}.csv.gz"
    assert (alone / name).read_bytes() == (wide / name).read_bytes()


def test_another_seed_is_another_airline_and_the_same_seed_the_same(sent, tmp_path):
    Airline(seed=2026).files(FIRST, 1, tmp_path / "same")
    Airline(seed=2027).files(FIRST, 1, tmp_path / "other")
    name = f"airline_legs_{FIRST}.csv.gz"
    original = (sent[0] / name).read_bytes()
    assert (tmp_path / "same" / name).read_bytes() == original != (tmp_path / "other" / name).read_bytes()


def test_the_register_refuses_exactly_the_garbled_rows_and_says_why(sent, judgement):
    refused = Counter(row["reason"] for row in judgement if row["reason"])
    assert refused == sent[1].garbled_by_reason
    assert refused.keys() == {damage.reason for damage in DAMAGES}
    assert all(row["message"] and row["message"] != row["reason"] for row in judgement if row["reason"])


def test_every_garbled_row_has_its_good_row_beside_it(judgement):
    good = [row["record"].split(",") for row in judgement if not row["reason"]]
    for row in judgement:
        if row["reason"]:
            values = row["record"].split(",")
            assert any(sum(a != b for a, b in zip(values, other, strict=True)) == 1 for other in good)


def test_totals_are_reached_by_reading_the_files_with_another_tool(sent, lines, judgement):
    garbled = {row["record"] for row in judgement if row["reason"]}
    kept = "\n".join((",".join(HEADER), *(line for line in lines if line not in garbled)))
    frame = pd.read_csv(io.StringIO(kept), dtype=str, keep_default_na=False).drop_duplicates()
    frame["VERSION"] = frame["VERSION"].astype(int)
    leg = ["CARRIER", "FLIGHT_NUMBER", "SUFFIX", "LEG_SEQUENCE", "OPERATING_DATE", "ORIGIN"]
    frame = frame.sort_values("VERSION").drop_duplicates([*leg, "ATTEMPT"], keep="last")
    first = frame[frame["ATTEMPT"] == "1"].set_index(leg)
    last = frame.sort_values("ATTEMPT").drop_duplicates(leg, keep="last").set_index(leg)

    def instant(column):
        return pd.to_datetime(column.where(column != ""), utc=True)

    departure = (instant(first["AOBT"]) - instant(first["STD"])).dt.total_seconds() / 60
    arrival = ((instant(last["AIBT"]) - instant(last["STA"])).dt.total_seconds() / 60)[last["DIVERTED"] == "0"]
    totals = sent[1]
    assert totals.to_json() == {
        "files": DAYS,
        "legs": len(first),
        "cancelled": (first["CANCELLED"] == "1").sum(),
        "diverted": (first["DIVERTED"] == "1").sum(),
        "departed": departure.count(),
        "arrived": arrival.count(),
        "passengers": first["PASSENGERS"].astype(int).sum(),
        "seats": first["SEATS"].astype(int).sum(),
        "departure_delay_minutes": departure.clip(lower=0).sum(),
        "arr_late_15": (arrival >= 15).sum(),
        "rows": len(lines),
        "corrected_rows": len({line for line in lines if line.split(",")[9] == "2" and line not in garbled}),
        "duplicate_rows": sum(n - 1 for line, n in Counter(lines).items() if line not in garbled),
        "garbled_rows": len(garbled),
    }


def test_the_typed_step_accounts_for_every_row_as_the_totals_do(sent, tmp_path):
    folder, totals = sent
    raw, lake = FolderBucket(tmp_path / "raw"), FolderBucket(tmp_path / "lake")
    arrived = datetime(2026, 11, 10, tzinfo=UTC)
    for path in sorted(folder.iterdir()):
        drop(raw, FEED, f"{FEED.path}/{path.name}", path.read_bytes(), arrived)
    done = compact_day(Compactor(raw, lake, tmp_path / "scratch"), FEED, plan(receipts(raw, FEED)), arrived.date())
    assert done.reasons == totals.garbled_by_reason
    assert (done.outcome.rows_in, done.outcome.duplicates, done.outcome.rejects) == (
        totals.rows, totals.duplicate_rows, totals.garbled_rows,
    )  # fmt: skip


def test_what_was_reported_becomes_the_truth_once_it_is_corrected(sent, judgement):
    truth = {(leg.carrier, leg.flight_number, leg.origin, leg.leg_sequence): leg for leg in AIRLINE.day(FIRST).legs}
    best: dict[tuple, dict] = {}
    for row in judgement:
        if not row["reason"] and row["operating_date"] == FIRST:
            key = (row["carrier"], row["flight_number"], row["origin"], row["leg_sequence"])
            best[key] = max(best.get(key, row), row, key=lambda row: (row["version"], row["attempt"]))
    assert best.keys() == truth.keys()
    unknown = 0
    for key, row in best.items():
        assert row["tail"] == truth[key].tail
        if row["in_at"] is None:
            unknown += truth[key].in_ is not None
        else:
            assert (row["in_at"] - datetime(1970, 1, 1)).total_seconds() / 60 == truth[key].in_  # noqa: DTZ001
    assert unknown <= 0.02 * len(truth)


def test_faults_have_the_shares_of_the_recipe(tmp_path):
    totals = AIRLINE.files(date(2026, 1, 10), 40, tmp_path)
    sent = totals.rows - totals.garbled_rows - totals.duplicate_rows
    assert totals.duplicate_rows / sent == pytest.approx(p.DUPLICATE_SHARE, rel=0.2)
    assert totals.garbled_rows / sent == pytest.approx(p.GARBLED_SHARE, rel=0.3)
    coded = sum(bool(leg.delay_codes) for leg in AIRLINE.legs(date(2026, 1, 10), 40))
    expected = totals.legs * (p.CORRECTED_SHARE + p.WRONG_TAIL_SHARE) + coded * p.RECODED_SHARE
    assert totals.corrected_rows == pytest.approx(expected, rel=0.2)


def test_some_rows_are_out_of_order(sent):
    [path, *_] = sorted(sent[0].iterdir())
    rows = [line.split(",") for line in text(path).splitlines()[1:]]
    std = [datetime.fromisoformat(row[14]) for row in rows if row[9] == "1" and row[14]]
    backwards = sum(b < a for a, b in pairwise(std))
    assert 0.01 * len(std) <= backwards <= 0.08 * len(std)


def test_every_row_says_that_it_is_made_up(lines):
    assert {line.split(",")[0] for line in lines} == {"datos sintéticos"}


def test_a_return_has_a_row_for_each_attempt(tmp_path):
    first = date(2026, 2, 1)
    returned = {leg.returned: leg for leg in AIRLINE.legs(first, 40) if leg.returned}
    assert returned.keys() == {"RR", "FR"}
    for kind, leg in returned.items():
        AIRLINE.files(leg.operating_date, 1, tmp_path / kind)
        [path] = (tmp_path / kind).iterdir()
        mine = (leg.carrier, str(leg.flight_number), leg.origin)
        rows = {row["ATTEMPT"]: row for row in csv.DictReader(io.StringIO(text(path)))
                if (row["CARRIER"], row["FLIGHT_NUMBER"], row["ORIGIN"]) == mine
                and row["OPERATING_DATE"] == f"{leg.operating_date}"}  # fmt: skip
        assert rows.keys() == {"1", "2"}
        assert rows["1"]["AOBT"] < rows["2"]["AOBT"]
        assert (rows["1"]["ATOT"] != "") == (kind == "FR")
        assert (rows["1"]["ALDT"], rows["1"]["AIBT"], rows["2"]["DELAY_CODES"]) == ("", "", "")


def test_every_time_has_the_offset_of_its_airport(judgement):
    departures = {"STD", "AOBT", "ATOT"}
    checked = 0
    for judged_row in judgement:
        if judged_row["reason"]:
            continue
        row = dict(zip(HEADER, judged_row["record"].split(","), strict=True))
        for name in ("STD", "STA", "AOBT", "ATOT", "ALDT", "AIBT"):
            if row[name]:
                stated = datetime.fromisoformat(row[name])
                place = airports()[row["ORIGIN" if name in departures else "DESTINATION"]]
                assert stated.utcoffset() == stated.astimezone(zone(place.zone)).utcoffset()
                checked += 1
    assert checked > 15_000


def test_an_airline_that_starts_to_report_has_nothing_to_correct_from_before(tmp_path):
    totals = Airline(seed=2026, reports_since=FIRST).files(FIRST, 1, tmp_path)
    rows = list(csv.DictReader(io.StringIO(text(tmp_path / f"airline_legs_{FIRST}.csv.gz"))))
    assert totals.corrected_rows == 0
    assert {row["OPERATING_DATE"] for row in rows if "-13-" not in row["OPERATING_DATE"]} == {f"{FIRST}"}


@pytest.mark.parametrize(("first", "days", "says"), [(FIRST, 0, "at least 1"), (date(2026, 1, 1), 3, "first day")])
def test_a_window_that_cannot_be_is_refused(tmp_path, first, days, says):
    with pytest.raises(ValueError, match=says):
        Airline(reports_since=FIRST).files(first, days, tmp_path)
