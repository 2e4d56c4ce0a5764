"""The limits in docs/formats.md are those of the code; a limit that moves moves there too."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aero_assets.defs.typed import metar_bodies, metar_lines
from aero_assets.feeds import feeds
from aero_ingest import (
    aidx,
    configuration,
    content,
    envelope,
    message_files,
    packed,
    ssim_legs,
    tables,
    type_b,
    workbook,
)
from aero_ingest.message import ParseError
from aero_streaming.events import limits
from aero_streaming.events import types as event_types

TEXT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
ROWS = {line.split("|")[1].strip(): line for line in TEXT.splitlines() if line.startswith("| ") and "partner/" in line}
SECTION = TEXT.partition("## Values that no row can have")[2].partition("\n## ")[0]
MEGABYTE, GIGABYTE = 1 << 20, 1 << 30
#: Row of the table → the words in it that state a limit.
LIMITS = {
    "METAR, SPECI in lines, WMO bulletins, cycle files, CSV": [f"{metar_bodies.LONGEST_REPORT:,} characters"],
    "MVT, MVA, DIV, LDM, OOOI of ACARS": [
        f"{type_b.MAX_MESSAGE_CHARACTERS:,} characters", f"{type_b.MAX_LINES} lines",
        f"a heading {envelope.MOST_LINES}", f"a file {message_files.MAX_MESSAGES_BYTES // MEGABYTE} MB",
    ],
    "tables that people keep, CSV or Excel": [
        f"{tables.MAX_TEXT_BYTES // MEGABYTE} MB of text", f"header in {tables.MOST_ABOVE + 1} rows",
        f"record {tables.MOST_LINES} lines",
    ],
    "AIDX": [f"{aidx.MAX_CHARACTERS // MEGABYTE} million characters", f"{aidx.MAX_LEGS:,} legs"],
    "SSIM chapter 7": [
        f"a file {message_files.MAX_SSIM_BYTES // MEGABYTE} MB", f"a period {ssim_legs.LONGEST_PERIOD_DAYS} days",
        f"without an end {ssim_legs.OPEN_DAYS}", f"{configuration.MOST_SEATS} seats",
    ],
    "flights in the layouts below": [
        f"text {content.DEFAULT_MAX_CONTENT_BYTES // GIGABYTE} GB",
        f"Parquet or zip {packed.MAX_FILE_BYTES // MEGABYTE} MB", f"dates from {limits.FIRST_OPERATING_DATE}",
    ],
}  # fmt: skip
#: Words of the section on values of rows → the numbers of the code that they state.
VALUES = {
    f"{event_types.WESTMOST} to {event_types.EASTMOST} minutes, in steps of {event_types.OFFSET_STEP}",
    f"1 to {event_types.MOST_SEQUENCE}, 1 to {event_types.MOST_ATTEMPTS}, 1 to {event_types.MOST_VERSIONS:,}",
    f"at most {metar_lines.EARLY.seconds // 3_600} hour after its arrival",
    f"A time up to {metar_lines.AHEAD.seconds // 3_600} hours after the arrival",
    f"more than {workbook.MAX_DIRECTORY_BYTES // MEGABYTE}\n  MB",
    f"rows up to {workbook.MAX_ROWS:,}",
    f"table {workbook.MAX_SHEETS} sheets and {workbook.MAX_COLUMNS} columns",
}


@pytest.mark.parametrize("words", sorted(VALUES))
def test_the_limits_of_values_are_those_of_the_code(words):
    assert words in SECTION


def test_every_reason_of_the_section_is_one_that_is_given():
    rules = {rule.code for feed in feeds() for rule in feed.rules}
    named = {reason for line in SECTION.splitlines() if line.startswith("| ")
             for reason in re.findall("`([a-z_]+)`", line.split("|")[-2])}  # fmt: skip
    elsewhere = {"bad_encoding", "unreadable_report", "not_calculated", "bad_days", "no_days", "no_dates"}
    assert named - rules == elsewhere


def test_every_row_of_the_table_is_held_to_the_code():
    assert LIMITS.keys() == ROWS.keys()


@pytest.mark.parametrize("row", LIMITS)
def test_the_limits_of_a_format_are_those_of_the_code(row):
    assert [words for words in LIMITS[row] if words not in ROWS[row]] == []


def test_a_refusal_for_size_says_the_limit():
    with pytest.raises(ParseError, match=f"{type_b.MAX_MESSAGE_CHARACTERS:,} are read"):
        type_b.read("MVT\n" + "A" * type_b.MAX_MESSAGE_CHARACTERS, datetime(2026, 11, 29, tzinfo=UTC))
