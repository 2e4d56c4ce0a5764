"""SSIM: the samples in full, every date against the zone database, and files as producers really write them."""

import gzip
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.zones import station_offset as offset_of
from aero_ingest import ssim, ssim_legs
from aero_ingest.message import Unreadable
from aero_ingest.ssim_records import LegRecord
from tests.unit.ingest.message_samples import FOLDER

W26 = (FOLDER / "sample_am_w26.ssim").read_text(encoding="ascii").splitlines()
AT = {line[:14]: number for number, line in enumerate(W26)}


def results_of(lines):
    """Return the leg records of a file, and what could not be read."""
    results = list(ssim.read(lines))
    records = [result for result in results if isinstance(result, LegRecord)]
    return records, [result for result in results if isinstance(result, Unreadable)]


def legs_of(lines):
    """Return every dated leg and every finding of a file."""
    records, _ = results_of(lines)
    legs = [leg for record in records for leg in ssim_legs.expand(record, offset_of)]
    return legs, [finding for record in records for finding in record.findings]


def changed(line, start, text):
    """Return the sample with other bytes, from a one-based position on, in one line."""
    lines = list(W26)
    record = lines[line]
    lines[line] = record[: start - 1] + text + record[start - 1 + len(text) :]
    return lines


def codes(lines):
    return {finding.code for finding in legs_of(lines)[1]}


def test_the_season_expands_to_550_legs_and_every_date_agrees_with_the_zone_database():
    legs, findings = legs_of(W26)
    assert len(legs) == 550
    assert not findings
    counts = Counter(str(leg.record.flight) for leg in legs)
    assert counts == {"AM905": 154, "AM906": 154, "AM179": 154, "AM21": 88}


def test_a_leg_has_its_local_date_its_times_in_utc_and_its_seats():
    legs, _ = legs_of(W26)
    [leg] = [leg for leg in legs if str(leg.record.flight) == "AM905" and leg.operating_date == date(2026, 11, 22)]
    assert (f"{leg.std_at:%d %H:%M}", f"{leg.sta_at:%d %H:%M}") == ("22 13:30", "22 15:55")
    assert (leg.record.seats, leg.record.aircraft_type) == (181, "7M9")
    assert leg.record.codeshares == ["DL 7905", "AF 3905"]


@pytest.mark.parametrize(
    ("day", "std", "sta"),
    [
        (date(2026, 10, 31), "01 06:45", "01 10:10"),
        (date(2026, 11, 1), "02 07:45", "02 11:10"),
        (date(2027, 3, 13), "14 07:45", "14 11:10"),
        (date(2027, 3, 14), "15 06:45", "15 10:10"),
    ],
)
def test_tijuana_changes_its_clock_twice_and_the_red_eye_keeps_its_operating_date(day, std, sta):
    legs, _ = legs_of(W26)
    [leg] = [leg for leg in legs if str(leg.record.flight) == "AM179" and leg.operating_date == day]
    assert (f"{leg.std_at:%d %H:%M}", f"{leg.sta_at:%d %H:%M}") == (std, sta)


def test_a_record_that_forgets_the_change_of_clocks_is_found_out_and_the_zone_counts():
    lines = changed(AT["3 AM  1790101J"], 22, "13MAR27")
    lines = [line for line in lines if not line.startswith("3 AM  1790201J")]
    legs, findings = legs_of(lines)
    assert len(legs) == 550
    [finding] = [finding for finding in findings if finding.code == "utc_variation"]
    assert "TIJ is -0700 in the file and -0800 in the zone" in finding.message
    assert "133 dates, 2026-11-01 to 2027-03-13" in finding.message


def test_the_large_sample_expands_to_3070_legs_with_its_74_blank_date_variations(shared_data):
    with gzip.open(shared_data / "messages" / "avionworx_sample.ssim.gz", "rt", encoding="latin-1") as file:
        legs, findings = legs_of(file)
    counts = Counter(finding.code for finding in findings)
    assert len(legs) == 3_070
    assert counts == {"date_variation_blank": 74, "outside_validity": 507, "serial_gap": 1}
    assert all(leg.std_at < leg.sta_at for leg in legs)


def test_records_that_differ_only_in_their_serial_count_once(shared_data):
    text = (shared_data / "messages" / "avionworx_sample_with_duplicates.ssim").read_bytes().decode("latin-1")
    legs, findings = legs_of(text.splitlines(keepends=True))
    counts = Counter(finding.code for finding in findings)
    assert len(legs) == 4
    assert (counts["duplicate_record"], counts["trailer_serial"]) == (2, 1)


def test_utc_mode_and_local_mode_say_the_same_legs():
    local, _ = legs_of(W26)
    utc = list(W26)
    block = next(number for number, line in enumerate(W26) if line.startswith("2L"))
    record = AT["3 AM  9050101J"]
    utc[block] = "2U" + W26[block][2:]
    # 07:30 and 10:55 by the clocks of MEX and CUN are 13:30 and 15:55 in UTC.
    utc[record] = W26[record][:39] + "13301330" + W26[record][47:57] + "15551555" + W26[record][65:]
    only = [line for line in utc if line[0] != "3" or line.startswith("3 AM  905")]
    legs, findings = legs_of([line for line in only if line[0] != "4"])
    assert not [finding for finding in findings if finding.code == "utc_variation"]
    expected = [(leg.std_at, leg.sta_at, leg.operating_date) for leg in local if leg.record.flight.number == 905]
    assert [(leg.std_at, leg.sta_at, leg.operating_date) for leg in legs] == expected


def test_fortnights_count_from_the_first_date_and_days_stand_at_their_places():
    weekly, _ = legs_of(W26)
    fortnightly, _ = legs_of(changed(AT["3 AM   210101J"], 36, "2"))
    dates = [leg.operating_date for leg in fortnightly if leg.record.flight.number == 21]
    assert {day.isoweekday() for day in dates} == {1, 3, 5, 7}
    assert {(day - date(2026, 10, 25)).days // 7 % 2 for day in dates} == {0}
    assert len(weekly) > len(fortnightly)


def test_a_leg_that_another_carrier_flies_is_not_operated_here():
    lines = list(W26)
    segment = next(number for number, line in enumerate(lines) if line[0] == "4")
    lines[segment] = changed(segment, 31, "050")[segment]
    first = results_of(lines)[0][0]
    assert not first.is_operated
    assert first.operated_as == "DL 7905 /AF 3905"
    disclosed = results_of(changed(AT["3 AM  9050101J"], 149, "L"))[0][0]
    assert not disclosed.is_operated


@pytest.mark.parametrize(
    ("start", "text", "code"),
    [
        (15, "25XXX26", "bad_date"),
        (15, "31NOV26", "bad_date"),
        (22, "24OCT26", "bad_period"),
        (37, "M3X", "bad_station"),
        (44, "2560", "bad_time"),
        (6, "  AB", "bad_number"),
        (12, "00", "bad_number"),
        (3, "?? ", "bad_carrier"),
        (193, "Z", "bad_date_variation"),
    ],
)
def test_a_record_that_says_no_leg_is_given_back_and_stops_no_other(start, text, code):
    records, bad = results_of(changed(AT["3 AM  9050101J"], start, text))
    assert [problem.error.code for problem in bad] == [code]
    assert (bad[0].error.line, bad[0].error.column) == (AT["3 AM  9050101J"] + 1, start)
    assert len(records) == 5


@pytest.mark.parametrize(
    ("days", "code", "column"),
    [("7654321", "bad_days", 29), ("1  3   ", "bad_days", 32), ("  3 1  ", "bad_days", 33), ("12345 X", "bad_days", 35),
     ("x      ", "bad_days", 29), ("       ", "no_days", 29)],
)  # fmt: skip
def test_a_record_with_a_day_at_another_place_loses_no_day_in_silence(days, code, column):
    records, bad = results_of(changed(AT["3 AM  9050101J"], 29, days))
    assert [(problem.error.code, problem.error.column) for problem in bad] == [(code, column)]
    assert len(records) == 5


@pytest.mark.parametrize(("days", "is_refused"), [("  3    ", True), ("1      ", False)])
def test_a_period_without_any_of_its_days_is_refused(days, is_refused):
    """26 October 2026 is a Monday."""
    _, bad = results_of(changed(AT["3 AM  9050101J"], 15, f"26OCT2626OCT26{days}"))
    assert [problem.error.code for problem in bad] == (["no_dates"] if is_refused else [])


@pytest.mark.parametrize(
    ("start", "text", "code"),
    [
        (48, "     ", "no_utc_variation"),
        (73, "7M ", "bad_aircraft_type"),
        (36, "9", "bad_rate"),
        (37, "XQX", "unknown_station"),
        (58, "0731", "bad_block"),
        (22, "00XXX00", "open_period"),
        (22, "27MAR29", "long_period"),
        (3, "DL ", "other_carrier"),
    ],
)
def test_what_is_odd_about_a_record_is_named(start, text, code):
    lines = changed(AT["3 AM  9050101J"], start, text)
    if code == "unknown_station":
        # A station that nobody knows has the clock that the file says; without one it has none.
        lines = [line[:47] + "     " + line[52:] if "XQX" in line else line for line in lines]
    assert code in codes([line for line in lines if line[0] != "4"])


def test_a_station_that_nobody_knows_has_the_clock_of_the_file():
    legs, findings = legs_of([line for line in changed(AT["3 AM  9050101J"], 37, "XQX") if line[0] != "4"])
    assert len(legs) == 550
    assert not [finding for finding in findings if finding.code != "serial_gap"]


def test_files_without_blocks_of_five_trailing_blanks_or_header_are_read_with_findings():
    trimmed = [line.rstrip() for line in W26 if line.strip("0") and line[0] != "1"]
    legs, findings = legs_of(trimmed)
    assert len(legs) == 550
    assert {"no_header"} <= {finding.code for finding in findings}
    cut = [line for line in W26 if line[0] != "5"]
    assert "no_trailer" in codes(cut)
    assert "short_record" in codes([line[:150] if line[0] == "4" else line for line in W26])


def test_a_leg_before_any_carrier_record_has_no_known_time():
    records, bad = results_of([line for line in W26 if line[0] != "2"])
    assert not records
    assert {problem.error.code for problem in bad} == {"no_carrier"}


@settings(deadline=None)
@given(st.integers(0, len(W26) - 1), st.integers(0, 199), st.characters(codec="latin-1"))
def test_one_wrong_character_loses_one_record_at_most(line, at, character):
    lines = list(W26)
    lines[line] = lines[line][:at] + character + lines[line][at + 1 :]
    records, _ = results_of(lines)
    if lines[line][0] in "345" and W26[line][0] in "345":
        assert len(records) >= 5


#: The letters are those of public field references of SSIM chapter 7 (byte 149; DEI 002, 009, 050, 127).
#: Byte 149, the text of DEI 002, and whether the leg is operated here.
DISCLOSURES = {
    "nothing": ("", "", True),
    "a shared designator": ("X", "", True),
    "shared, the owner flies it": ("S", "", True),
    "operated, not sold": ("D", "", True),
    "a commercial duplicate": ("L", "", False),
    "a commercial duplicate in words": ("Z", "", False),
    "a letter nobody knows": ("Q", "", True),
    "another carrier in data element 002": ("", "DL", False),
    "ourselves in data element 002": ("", "AM", True),
}


@pytest.mark.parametrize("name", DISCLOSURES)
def test_who_flies_a_leg_is_told_by_the_letter_and_not_by_its_presence(name):
    letter, element, operated = DISCLOSURES[name]
    lines = changed(AT["3 AM  9050101J"], 149, letter or " ")
    at = next(number for number, line in enumerate(lines) if line[0] == "4")
    lines[at] = lines[at][:30] + ("002" if element else "106") + lines[at][33:39] + element.ljust(155) + lines[at][194:]
    first = results_of(lines)[0][0]
    assert first.is_operated == operated
    assert [finding.code for finding in first.findings] == (["unknown_disclosure"] if letter == "Q" else [])


#: Configurations and their seats; the kinds are those of public schedules and of the field cases.
CONFIGURATIONS = {
    "J16Y144": 160, "Y99": 99, "F014Y119VVT3M33": 133, "F32Y200K93PP20": 325, "LL05PP11": None, "PP30": None,
    "XX": None, "": None, "VV7M9": None, "J036Y0207": 243, "J16 Y144": 160, "Y180LL05": 180, "J0Y160": 160,
    "?16": None, "Y9999": None,
}  # fmt: skip
DOUBTFUL = {"J036Y0207", "?16", "Y9999"}


@pytest.mark.parametrize("written", CONFIGURATIONS)
def test_pallets_and_containers_are_no_seats_and_what_is_doubtful_is_named(written):
    record = results_of(changed(AT["3 AM  9050101J"], 173, written.ljust(20)))[0][0]
    assert record.seats == CONFIGURATIONS[written]
    assert ("doubtful_configuration" in {finding.code for finding in record.findings}) == (written in DOUBTFUL)


@pytest.mark.parametrize(
    ("begins", "block_ends", "first", "last", "whose"),
    [
        ("25OCT26", "27MAR27", date(2026, 10, 25), date(2027, 3, 27), "the end of its block"),
        ("25OCT26", "00XXX00", date(2026, 10, 25), date(2027, 11, 20), "365 days after it was made"),
        ("25OCT15", "00XXX00", date(2025, 9, 11), date(2027, 11, 20), "365 days after it was made"),
        ("25OCT28", "00XXX00", date(2028, 10, 25), date(2029, 10, 25), "365 days after it was made"),
    ],
)
def test_a_period_without_an_end_has_a_horizon_that_is_said(begins, block_ends, first, last, whose):
    lines = changed(AT["3 AM  9050101J"], 15, begins + "00XXX00")
    block = next(number for number, line in enumerate(lines) if line.startswith("2L"))
    lines[block] = lines[block][:21] + block_ends + lines[block][28:]
    record = results_of(lines)[0][0]
    ssim_legs.expand(record, offset_of)
    dates = list(ssim_legs.dates(record))
    assert (dates[0], dates[-1]) == (first, last)
    [finding] = [finding for finding in record.findings if finding.code == "open_period"]
    assert finding.message == f"the period has no end; expanded from {first} to {last}, {whose}"


def test_legs_below_a_carrier_record_that_cannot_be_read_do_not_go_by_the_carrier_before_it():
    carrier = next(line for line in W26 if line.startswith("2L"))
    lines = [*W26[:-1], carrier.replace("2L", "2?"), W26[AT["3 AM  9050101J"]]]
    records, bad = results_of(lines)
    assert len(records) == 6
    assert {problem.error.code for problem in bad} >= {"bad_time_mode", "no_carrier"}
