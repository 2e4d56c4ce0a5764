"""Feed partner/bts_ontime: flight files as people have them, and what they become."""
# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations

from datetime import datetime

from aero_assets.feeds import find
from tests.judging import judged

BTS = find("partner/bts_ontime")


def rows(text: str | bytes) -> list[dict]:
    return judged(BTS, text)


def case(shared_data, name: str) -> bytes:
    return (shared_data / "field_cases" / name).read_bytes()


def test_flights_before_2010_are_taken_with_the_clocks_of_their_time(shared_data):
    """Indiana kept no summer time before 2006."""
    [row] = rows(case(shared_data, "F12_bts_before_2010.csv"))
    assert row["reason"] is None
    assert (row["std_at"], row["sta_at"]) == (datetime(2005, 7, 1, 17, 0), datetime(2005, 7, 1, 20, 30))


def test_the_first_day_of_the_public_data_is_taken_and_the_day_before_is_refused_with_the_limit(shared_data):
    text = case(shared_data, "F12_bts_before_2010.csv").decode()
    [first] = rows(text.replace("2005,7,1,5", "1987,10,1,4"))
    [earlier] = rows(text.replace("2005,7,1,5", "1987,9,30,3"))
    assert (first["reason"], earlier["reason"]) == (None, "date_out_of_range")
    assert "1987-10-01" in earlier["message"]
