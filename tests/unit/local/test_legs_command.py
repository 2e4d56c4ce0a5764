"""`aero legs`: a small lake, asked for its legs as they were known at different times."""

import json
from contextlib import nullcontext
from datetime import UTC, date, datetime

import pyarrow.parquet as pq
import pytest
import typer

from aero_assets import lake as lakes
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_cli.commands import legs
from aero_local.errors import AeroError
from tests.dbt.typed_lake import AIRLINE, FOURTH, airline_leg, write
from tests.fakes import FolderBucket
from tests.unit.local.test_cli import aero

ON = datetime.fromisoformat(FOURTH)
CORRECTED = datetime(2015, 1, 6, 9)  # noqa: DTZ001 - the lake holds UTC without a zone


@pytest.fixture(autouse=True)
def lake(tmp_path, monkeypatch):
    """Four legs received on the day, one of them corrected two days later."""
    bucket = FolderBucket(tmp_path / "lake")
    rows = [
        airline_leg(100, 5, 7), airline_leg(101, None, None, is_cancelled=True, cancellation_code="B", tail=None),
        airline_leg(102, 0, None, is_diverted=True), airline_leg(103, origin="GDL"),
        airline_leg(100, 5, 60, version=2, received_at=CORRECTED),
    ]  # fmt: skip
    write(bucket.root, [row | {"received_at": max(row["received_at"], ON)} for row in rows], feed=AIRLINE)
    for path in sorted((bucket.root / "typed").rglob("*.parquet")):
        file = TypedFile(f"{path.relative_to(bucket.root)}", "", FOURTH, pq.read_metadata(path).num_rows)
        ArrivalManifest(AIRLINE.path, path.name[8:18], "level", (file,)).save(bucket)
    monkeypatch.setattr(lakes, "current", lambda: LakeCopy(bucket.root, bucket))
    monkeypatch.setattr(legs, "acting", lambda *_: nullcontext())


def shown(capsys, *, as_of=None, **options):
    legs.legs(ON, as_of, options.get("route"), options.get("carrier"), as_json=True)
    return {row["flight_number"]: row for row in json.loads(capsys.readouterr().out)}


def test_a_correction_is_not_known_before_it_came(capsys):
    assert shown(capsys)[100]["arrival_delay_minutes"] == 60
    assert shown(capsys, as_of="close")[100]["arrival_delay_minutes"] == 7
    assert shown(capsys, as_of="2015-01-06T08:59:59Z")[100]["arrival_delay_minutes"] == 7
    assert shown(capsys, as_of="2015-01-06T03:00-06:00")[100]["arrival_delay_minutes"] == 60


def test_a_cancelled_and_a_diverted_leg_have_no_arrival_delay(capsys):
    rows = shown(capsys, route="MEX-CUN")
    assert set(rows) == {100, 101, 102}
    assert (rows[101]["is_cancelled"], rows[101]["is_operated"], rows[101]["cancellation_code"]) == (True, False, "B")
    assert (rows[102]["is_diverted"], rows[102]["is_operated"], rows[102]["arrival_delay_minutes"]) == (
        True,
        True,
        None,
    )


def test_a_terminal_shows_the_time_and_the_counts(capsys):
    legs.legs(ON, "close")
    lines = capsys.readouterr().out
    assert "4 legs (2 arrived, 1 cancelled, 1 diverted) as known at 2015-01-05T12:00:00Z" in lines
    legs.legs(ON)
    assert "as known now" in capsys.readouterr().out


def test_a_day_of_which_nothing_was_known_is_an_error_that_names_it():
    with pytest.raises(AeroError, match="No leg of 2015-01-04 was known at 2015-01-03T00:00:00Z"):
        legs.legs(ON, "2015-01-03T00:00Z")
    with pytest.raises(AeroError, match="No leg of 2015-01-04, XX is known"):
        legs.legs(ON, carrier="XX")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "12:00", ""])
def test_a_time_that_is_none_is_wrong_use(text):
    with pytest.raises(typer.BadParameter, match="write UTC as 2026-11-22T14:00Z, or close"):
        legs.moment(text, date(2015, 1, 4))


def test_a_time_is_in_utc_and_the_close_is_that_of_the_day():
    assert legs.moment("2026-11-22T14:00", ON.date()) == datetime(2026, 11, 22, 14, tzinfo=UTC)
    assert legs.moment("close", date(2026, 3, 1)) == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_wrong_use_is_a_sentence_and_exit_code_2(capsys):
    code, _, error = aero(capsys, "legs", "--date", FOURTH, "--as-of", "soon")
    assert code == 2
    assert "--as-of is 'soon'; write UTC as 2026-11-22T14:00Z, or close" in " ".join(error.replace("│", " ").split())
