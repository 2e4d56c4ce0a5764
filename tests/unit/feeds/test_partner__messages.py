# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/messages: what a message says as a row, one row per message whatever stands around it."""

from datetime import date, datetime

from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.ingest.message_samples import FOLDER, sample

FEED = find("partner/messages")
ARRIVED = date(2026, 11, 23)
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def test_a_batch_is_one_row_per_message_with_its_times_in_utc():
    rows = judged(FEED, "\n".join(sample(name) for name in NAMES), ARRIVED)
    assert [row["reason"] for row in rows] == [None] * len(NAMES)
    by_name = dict(zip(NAMES, rows, strict=True))
    out = by_name["mvt_01_departure"]
    assert (out["out_at"], out["estimated_on_at"]) == (datetime(2026, 11, 22, 13, 34), datetime(2026, 11, 22, 15, 42))
    assert (out["sent_on"], out["flight_date"]) == (date(2026, 11, 22), date(2026, 11, 22))
    assert (out["passengers"], out["infants"], out["delays"], out["tail"]) == (168, 3, "62:4", "XAMAZ")
    assert by_name["mvt_03_correction"]["is_correction"]
    assert by_name["div_01"]["diverted_to"] == "MID"
    assert by_name["mvt_07_return_airborne"]["returned_at"] == datetime(2026, 11, 22, 19, 42)
    assert by_name["mvt_09_bad_reg_hyphen"]["findings"].split(",")[:2] == ["no_stamp", "registration_hyphen"]
    assert by_name["ldm_02_multileg"]["passengers"] == 229


def test_what_cannot_be_read_is_put_aside_between_good_ones():
    text = f"{sample('mvt_01_departure')}NNNN\nNOTHING OF THE KIND\nNNNN\n{sample('mvt_02_arrival')}"
    rows = judged(FEED, text, ARRIVED)
    assert [row["reason"] for row in rows] == [None, "unreadable_message", None]
    assert rows[1]["record"] == "NOTHING OF THE KIND\nNNNN"
    assert rows[1]["message"].startswith("unknown_message: 'NOTHING OF THE KIND'")


def test_the_same_message_twice_in_a_file_is_one_row():
    rows = judged(FEED, sample("mvt_01_departure") * 2, ARRIVED)
    assert len({row["event_id"] for row in rows}) == 1
