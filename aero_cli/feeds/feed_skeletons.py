"""The texts of a new feed: register entry and test, from the columns of a sample.

As written they load, parse, build and pass; texts that only a person can write are marked DESCRIBE.
"""

import json
import textwrap
from datetime import date

from aero_assets.partitions import OPERATING_DAYS_AHEAD
from aero_cli.feeds.feed_sample import Guess, Sample

PLACEHOLDER = "DESCRIBE:"


def _toml(text: str) -> str:
    """Return a TOML string, as a literal if that avoids escapes."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def register_entry(system: str, feed: str, sample: Sample, columns: list[Guess], day: Guess, arrived: date) -> str:
    """Write a register entry: every column with its type, and comments on the next steps."""
    # A heading is never broken: its own spaces are something else while lines are filled.
    headings = " ".join(_toml(raw).replace(" ", "\x1f") + "," for raw in sample.header)
    lines = textwrap.wrap(headings, 114, break_long_words=False, break_on_hyphens=False)
    header = "\n".join(f"    {line}" for line in lines).replace("\x1f", " ")
    ahead = (day.newest - arrived).days if day.newest else 0
    entries = "\n".join(
        f"\n[[columns]]\nname = {_toml(column.name)}\ntype = {_toml(column.type)}\n"
        + ("required = true\n" if column is day else "")
        + f"description = {_toml(f'{PLACEHOLDER} what {column.raw} means, in which unit')}\n"
        + (f"# {PLACEHOLDER} {column.note}\n" if column.note else "")
        + f"sql = {_toml(column.sql)}"
        for column in columns
    )
    return f"""# {PLACEHOLDER} who publishes this, under which licence, and what one line is.
version = 1
system = "{system}"
feed = "{feed}"
about = "{PLACEHOLDER} what this is, without a full stop"
grain = "{PLACEHOLDER} one row per …"
# The columns that tell two rows of one file apart. Rows that share them and say different things are all refused; with
# contradiction = "last" the last one counts.
identity = []
owner = "team:data-platform"
arrival = "file"
source = "partner_file"
business_date = "{day.name}"
# A record dated further ahead of its arrival than this is refused as date_out_of_range; schedules need months.
max_days_ahead = {OPERATING_DAYS_AHEAD if ahead > 1 else 1}
fresh_within_hours = 48
header = [
{header}
]
{_advice(sample, day)}
# -- typed columns ----------------------------------------------------------------------------------------------------
# `sql` is DuckDB SQL over the raw columns, which are text, trimmed, and null where empty. A value that does not fit the
# type is refused as bad_value, an empty one as missing_value where the column says `required = true`. A text has at
# most 256 bytes, or those of its `width`.
{entries}
"""


def _advice(sample: Sample, day: Guess) -> str:
    """Write further options of the register as comments, with the headings of this sample."""
    clock, airport = sample.clock or "LOCAL_TIME", sample.airport or "AIRPORT"
    some = next((column.sql for column in sample.columns if column.type in ("INTEGER", "BIGINT")), "AMOUNT")
    return f"""
# -- times ------------------------------------------------------------------------------------------------------------
# The typed zone holds UTC and nothing else. A TIMESTAMP column takes its text as UTC: keep one only where the sender
# writes UTC (or Z). A time with an offset goes through utc_text(), as in sql = "utc_text(SENT_AT)". A local clock
# (hhmm, h:mm) becomes UTC by the airport whose clock it is, on the business date or, with `near`, next to an instant:
# [[clocks]]
# name = "local_clock"
# minute_of_day = {_toml(f"clock_minutes({clock})")}
# airport = {_toml(airport)}
#
# [[rules]]
# code = "bad_time"
# when = {_toml(f"bad_clock({clock})")}
# message = {_toml(f"'the time is not written as hhmm: ' || {clock}")}
#
# [[rules]]
# code = "unknown_airport"
# when = {_toml(f"unknown_airport({airport}, iso_date({day.sql}))")}
# message = {_toml(f"'the airport is not in our airport table on that date: ' || {airport}")}
#
# [[columns]]
# name = "local_clock_at"
# type = "TIMESTAMP"
# description = "… (UTC)."
# sql = "at_minute(local_clock)"

# -- reasons to refuse a record, beside those that every feed has ------------------------------------------------------
# `when` must not fail on any text: whole() and number() give null for what is no number. Each needs a test.
# [[rules]]
# code = "negative_amount"
# when = {_toml(f"whole({some}) < 0")}
# message = {_toml(f"'amount is negative: ' || {some}")}
"""


def feed_test(name: str, day: Guess, arrived: date) -> str:
    """Write the test: the sample is accepted, and every reason to refuse a record has a case."""
    column = json.dumps(day.raw, ensure_ascii=False)
    return f'''"""Feed {name}: what a record becomes, and every reason to refuse one."""

from datetime import date
from pathlib import Path

import pytest

from aero_assets.feeds import find
from tests.judging import broken, judged

FEED = find("{name}")
ARRIVED = date({arrived.year}, {arrived.month}, {arrived.day})
#: The first records of the sample: add those that show something, and say below what they become.
SAMPLE = Path(__file__).with_name("{name.replace("/", "__")}.csv").read_text(encoding="utf-8")
#: Reason → what is wrong with the first record. Every rule of the register entry belongs here.
REFUSED = {{
    "missing_value": {{{column}: ""}},
    "bad_value": {{{column}: "no date"}},
}}


def test_every_record_of_the_sample_is_accepted():
    rows = judged(FEED.path, SAMPLE, ARRIVED)
    assert rows
    assert {{row["line_number"]: row["message"] for row in rows if row["reason"]}} == {{}}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(reason):
    [row] = judged(FEED.path, broken(SAMPLE, REFUSED[reason]), ARRIVED)
    assert row["reason"] == reason
    assert row["message"]


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {{rule.code for rule in FEED.rules}} <= REFUSED.keys()
'''
