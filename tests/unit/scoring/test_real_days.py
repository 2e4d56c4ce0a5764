"""Real days carrier by carrier: what is counted of one carrier is its own, and its flights are what it is held to."""

import gzip

from aero_drills.scoring import real_days
from tests.unit.feeds.test_partner__bts_ontime import FEED, PLAIN


def test_a_carrier_is_played_by_itself_and_its_flights_decide_what_was_right(real_bts):
    (first, second) = real_days.days(real_bts, {"VX"}, print)
    assert {first.carrier, second.carrier} == {"VX"}
    assert (f"{first.on}", first.legs, f"{second.on}", second.legs) == ("2015-01-01", 152, "2015-01-02", 176)
    assert 0 < second.right <= second.judged
    assert first.rules["long_delay_flight"]["recall"] == 1.0
    assert 0 < second.alerts <= second.legs


def test_a_carrier_that_is_not_in_the_file_has_no_day(tmp_path):
    file = tmp_path / "flights.csv.gz"
    file.write_bytes(gzip.compress("\n".join([",".join(FEED.header), PLAIN, ""]).encode()))
    assert list(real_days.days(file, {"XX"}, print)) == []
