"""The texts of a new feed: register entry, staging model, dbt yml and test, from the columns that a sample shows.

As written they load, parse, build and pass; what only a person knows says DESCRIBE.
"""

import json
import textwrap
from collections.abc import Iterable
from datetime import date

import yaml

from aero_assets.feeds.register import LINEAGE
from aero_assets.partitions import OPERATING_DAYS_AHEAD
from aero_cli.feeds.feed_sample import Guess, Sample

PLACEHOLDER = "DESCRIBE:"
#: Types of the register as dbt writes them; the rest are the same word in lower case.
DBT_TYPES = {"DOUBLE": "double precision"}


def dbt_type(kind: str) -> str:
    """Return a type of the register as dbt writes it."""
    return DBT_TYPES.get(kind, kind.lower())


def _toml(text: str) -> str:
    """Return a TOML string: literal where that spares escapes."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def register_entry(system: str, feed: str, sample: Sample, columns: list[Guess], day: Guess, arrived: date) -> str:
    """Write a register entry: every column with its type, and how to go on from there."""
    # A heading is never broken: its own spaces are something else while lines are filled.
    headings = " ".join(_toml(raw).replace(" ", "\x1f") + "," for raw in sample.header)
    lines = textwrap.wrap(headings, 114, break_long_words=False, break_on_hyphens=False)
    header = "\n".join(f"    {line}" for line in lines).replace("\x1f", " ")
    ahead = (day.newest - arrived).days if day.newest else 0
    entries = "\n".join(
        f"\n[[columns]]\nname = {_toml(one.name)}\ntype = {_toml(one.type)}\n"
        + ("required = true\n" if one is day else "")
        + f"description = {_toml(f'{PLACEHOLDER} what {one.raw} means, in which unit')}\n"
        + (f"# {PLACEHOLDER} {one.note}\n" if one.note else "")
        + f"sql = {_toml(one.sql)}"
        for one in columns
    )
    return f"""# {PLACEHOLDER} who publishes this, under which licence, and what one line is.
version = 1
system = "{system}"
feed = "{feed}"
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
# type is refused as bad_value, an empty one as missing_value where the column says `required = true`.
{entries}
"""


def _advice(sample: Sample, day: Guess) -> str:
    """Write what the register can do beyond columns, as comments with this sample's own headings."""
    clock, airport = sample.clock or "LOCAL_TIME", sample.airport or "AIRPORT"
    some = next((one.sql for one in sample.columns if one.type in ("INTEGER", "BIGINT")), "AMOUNT")
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
# message = {_toml(f"'no time as hhmm: ' || {clock}")}
#
# [[rules]]
# code = "unknown_airport"
# when = {_toml(f"unknown_airport({airport}, iso_date({day.sql}))")}
# message = {_toml(f"'no airport we know on that date: ' || {airport}")}
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


def staging_model(system: str, feed: str, columns: list[Guess], day: Guess) -> str:
    """Write a staging model: every column of the register, each row once."""
    casts = [(one.name, one.type) for one in columns]
    lineage = [(one.name, one.type) for one in LINEAGE if one.name != "event_id"]

    def lines(names: Iterable[tuple[str, str]]) -> str:
        return ",\n".join(f"        cast({name} as {dbt_type(kind)}) as {name}" for name, kind in names)

    return f"""with source as (

    select * from {{{{ source('{system}', '{feed}') }}}}

),

first_received as (

    {{{{ first_received('source', date_column='{day.name}') }}}}

),

renamed as (

    select
        cast(event_id as varchar) as event_id,

{lines(casts)},

        -- where the row comes from
{lines(lineage)}

    from first_received

)

select * from renamed
"""


def dbt_yml(system: str, feed: str, columns: list[Guess], day: Guess, about: str) -> str:
    """Write the source, and the documentation of the staging model beside it."""
    own = [(one.name, dbt_type(one.type), f"{PLACEHOLDER} {one.name}") for one in columns]
    lineage = [(one.name, dbt_type(one.type), f'{{{{ doc("{one.name}") }}}}') for one in LINEAGE]
    both = [(name, kind, text) for name, kind, text in (*own, *lineage) if name != "event_id"]
    event_id = "{name: event_id, data_type: varchar, description: '{{ doc(\"event_id\") }}'"
    # A name that YAML takes for something else, as it does with no and y, is put in quotes.
    names = {name: name if yaml.safe_load(name) == name else f'"{name}"' for name, _, _ in both}
    declared = "\n".join(
        f"          - &{name} {{name: {names[name]}, data_type: {kind}, description: '{text}'}}"
        for name, kind, text in both
    )
    return f"""sources:
  - name: {system}
    description: {json.dumps(about, ensure_ascii=False)}
    schema: "{{{{ env_var('AERO_SPECTRUM_SCHEMA', 'spectrum_typed') if target.type == 'redshift' else '{system}' }}}}"
    tables:
      - name: {feed}
        identifier: "{{{{ '{system}_{feed}' if target.type == 'redshift' else '{feed}' }}}}"
        description: "{PLACEHOLDER} what this is. One row per …"
        config:
          meta:
            formatter: template
            external_location: >-
              read_parquet(
              '{{{{ env_var("AERO_LAKE_COPY", "../.aero/current/lake") }}}}/typed/{system}/{feed}/*/*.parquet',
              hive_partitioning = true, hive_types = {{'{day.name}': DATE}}, union_by_name = true)
            dagster: {{asset_key: [catalog, {system}, {feed}]}}
        columns:
          - {event_id}, data_tests: [not_null]}}
{declared}

# The columns above again, by their anchors; a column that the model changes gets an entry of its own.
models:
  - name: stg_{system}__{feed}
    description: "{PLACEHOLDER} what the model does to the source. One row per …"
    columns:
      - {event_id}, data_tests: [not_null, unique]}}
{chr(10).join(f"      - *{name}" for name, _, _ in both)}
"""


def feed_test(name: str, day: Guess, arrived: date) -> str:
    """Write the test: the sample is accepted, and every reason to refuse a record is shown."""
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
