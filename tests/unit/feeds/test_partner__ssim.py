# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed partner/ssim: a season as legs of their dates, in UTC."""

from collections import Counter
from datetime import date, datetime

from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.ingest.message_samples import FOLDER

FEED = find("partner/ssim")
ARRIVED = date(2026, 11, 20)
SEASON = (FOLDER / "sample_am_w26.ssim").read_text(encoding="ascii")


def test_a_season_is_550_rows_each_a_leg_of_its_date():
    rows = judged(FEED, SEASON, ARRIVED)
    assert {row["reason"] for row in rows} == {None}
    assert Counter(row["flight_number"] for row in rows) == {905: 154, 906: 154, 179: 154, 21: 88}
    assert len({row["event_id"] for row in rows}) == 550
    [leg] = [row for row in rows if (row["flight_number"], row["operating_date"]) == (179, date(2026, 11, 22))]
    assert (leg["std_at"], leg["sta_at"]) == (datetime(2026, 11, 23, 7, 45), datetime(2026, 11, 23, 11, 10))
    assert (leg["origin"], leg["seats"], leg["season"], leg["is_operated"]) == ("TIJ", 160, "W26", True)
    assert leg["created_at"] == datetime(2026, 11, 20, 6, 0)


def test_a_record_that_says_no_leg_is_one_row_aside_with_its_line():
    bad = SEASON.replace("3 AM  9060101J25OCT26", "3 AM  9060101J99OCT26")
    rows = judged(FEED, bad, ARRIVED)
    [aside] = [row for row in rows if row["reason"]]
    assert (aside["reason"], aside["line_number"]) == ("unreadable_message", 13)
    assert len(rows) == 1 + 550 - 154
