"""`aero feed sync`: the dbt source and the staging model of every feed, written from the register.

Two files per feed, checked in: the staging model as SQL, and a yml file with the source and the columns of both. One
macro lists the feeds about legs. Nobody edits these files; `aero feed check` and a test compare them with the register.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

import yaml

from aero_assets.feeds import DEFAULT_WIDTH, Column, Feed, FeedError, load_register
from aero_cli.feeds.layout import HERE, Layout
from aero_streaming.merge.leg_merge import FIELDS

WRITTEN = "Written by `aero feed sync` from aero_assets/feeds/"
#: Descriptions of the systems, one in front of the sources of each.
SYSTEMS = {
    "alerts": "Log of the platform about alerts and about the decisions of people",
    "commercial": "Bookings, checked and in UTC",
    "customer": "Survey answers of passengers, checked and without names",
    "ops": "Events of legs from operations and messages, checked and in UTC",
    "opsdb": "Tables of the operational database, every extracted version",
    "partner": "Files that partners drop, checked and in UTC",
}
#: The set of models that staging and tests of a feed belong to. On Redshift these are built by requested dates.
BY_DATE = "{{ 'operating_day' if target.type == 'redshift' else 'unpartitioned' }}"
UNDATED = "unpartitioned"
#: Types of the register as dbt writes them; the rest are the same word in lower case.
DBT_TYPES = {"DOUBLE": "double precision"}
#: Indentation of a list inside of a macro.
INDENT: Any = {"initial_indent": " " * 12, "subsequent_indent": " " * 12}


def sync(layout: Layout = HERE) -> list[Path]:
    """Write the files that differ from the register and delete those of feeds that are gone; return their paths."""
    texts = expected(layout)
    changed = [path for path, text in texts.items() if _read(path) != text]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    gone = _left_over(layout, texts)
    for path in gone:
        path.unlink()
    return [*changed, *gone]


def differences(layout: Layout = HERE) -> list[str]:
    """Return one sentence per staging file that differs from the register; empty if none does."""
    texts = expected(layout)
    gone = [
        f"{path}: no feed of the register has this file: `aero feed sync` deletes it"
        for path in _left_over(layout, texts)
    ]
    return [*(difference for path, text in texts.items() for difference in _difference(path, text)), *gone]


def gaps(feed: Feed, layout: Layout = HERE) -> Iterator[str]:
    """Yield a sentence per file of one feed that differs from the register."""
    texts = files(feed, layout)
    if feed.tells_of_legs and feed.arrival == "file":
        texts[layout.leg_files] = leg_files(load_register(layout.feeds))
    for path, text in texts.items():
        yield from _difference(path, text)


def expected(layout: Layout = HERE) -> dict[Path, str]:
    """Return every file of a checkout that is generated from the register, with its text."""
    feeds = load_register(layout.feeds)
    texts = {path: text for feed in feeds for path, text in files(feed, layout).items()}
    return {**texts, layout.leg_files: leg_files(feeds)}


def files(feed: Feed, layout: Layout = HERE) -> dict[Path, str]:
    """Return the two files of a feed with their texts."""
    return {layout.model(feed): staging_model(feed), layout.documentation(feed): documentation(feed)}


def leg_files(feeds: Iterable[Feed]) -> str:
    """Return the macro that gives `int_leg_fact` the staging models of file feeds, each with the fields it lacks."""
    lacks = {
        feed.staging_model: [
            field.name for field in FIELDS if field.name not in {column.name for column in feed.columns}
        ]
        for feed in feeds
        if feed.tells_of_legs and feed.arrival == "file"
    }
    listed = ",\n".join(
        f"        '{model}': [\n{fill(', '.join(map(repr, names)), 110, **INDENT)}\n        ]"
        for model, names in lacks.items()
    )
    return f"""-- {WRITTEN}; change it there.
{{% macro leg_files() -%}}
    {{#- The staging models of files about legs, each with the fields of the leg merge that it does not have. -#}}
    {{{{ return({{
{listed}
    }}) }}}}
{{%- endmacro %}}
"""


def dbt_type(column: Column) -> str:
    """Return the type of a column in the form that dbt uses; `varchar` alone has the default width on Redshift."""
    width = f"({column.width})" if column.width not in (0, DEFAULT_WIDTH) else ""
    return DBT_TYPES.get(column.type, column.type.lower()) + width


def staging_model(feed: Feed) -> str:
    """Return the SQL of a staging model: every column of the register, each fact or row of a table once."""
    casts = ",\n".join(f"    cast({column.name} as {_type(column)}) as {column.name}" for column in feed.columns)
    versions = f"""),

-- A row is said again with every change: its latest version is what the database holds.
latest_version as (

    {{{{ latest_version('first_received', {list(feed.version_of)}) }}}}

"""
    return f"""-- {WRITTEN}{feed.path}.toml; change it there.
with first_received as (

    {{{{ first_received(source('{feed.system}', '{feed.name}'), date_column='{feed.business_date}') }}}}

{versions if feed.arrival == "table" else ""})

select
{casts}
from {"latest_version" if feed.arrival == "table" else "first_received"}
"""


def documentation(feed: Feed) -> str:
    """Return the yml of a feed: its source, and its staging model with the same columns."""
    if feed.system not in SYSTEMS:
        raise FeedError(
            f"{feed.path}: dbt needs a sentence about system {feed.system}: add it to SYSTEMS in {__file__}"
        )
    name, grain = feed.name, f"{feed.grain[0].upper()}{feed.grain[1:]}"
    if feed.arrival == "table":
        is_now = f"{feed.about}: what the database holds now; what was withdrawn says when. {grain}, the latest alone."
    else:
        is_now = f"{feed.about}. Typed, each once: the copy received first. {grain}."
    sources = "\n".join(f"          - {entry}" for entry in _source_columns(feed))
    spectrum = "env_var('AERO_SPECTRUM_SCHEMA', 'spectrum_typed')"
    # On Redshift the identifier is a Spectrum table, DuckDB reads the local copy of the lake. The formatter is
    # "template" because dbt-duckdb's own takes the braces of hive_types for its fields.
    return f"""# {WRITTEN}{feed.path}.toml; change it there.
sources:
  - name: {feed.system}
    description: {_quoted(f"{SYSTEMS[feed.system]}, from the typed zone of the lake.")}
    schema: "{{{{ {spectrum} if target.type == 'redshift' else '{feed.system}' }}}}"
    tables:
      - name: {name}
        identifier: "{{{{ '{feed.system}_{name}' if target.type == 'redshift' else '{name}' }}}}"
        description: {_quoted(f"{feed.about}. {grain}, and arrival.")}
        config:
          meta:
            formatter: template
            external_location: >-
              read_parquet(
              '{{{{ env_var("AERO_LAKE_COPY", "../.aero/current/lake") }}}}/typed/{feed.path}/*/*.parquet',
              hive_partitioning = true, hive_types = {{'{feed.business_date}': DATE}}, union_by_name = true)
            dagster: {{asset_key: [catalog, {feed.system}, {name}]}}
            date_column: {feed.business_date}
        data_tests:
          - {_test("filled", _never_null(feed), _tag(feed))}
        columns:
{sources}

# The columns above again, by their anchors where nothing changes.
models:
  - name: {feed.staging_model}
    description: {_quoted(is_now)}
    config: {{{_model_config(feed)}}}
{_model_tests(feed)}    columns:
{chr(10).join(f"      - {entry}" for entry in _model_columns(feed))}
"""


def _source_columns(feed: Feed) -> Iterator[str]:
    for column in feed.columns:
        anchor = "" if column.warehouse_type else f"&{column.name} "
        yield anchor + _entry(column, dbt_type(column))


def _model_columns(feed: Feed) -> Iterator[str]:
    for column in feed.columns:
        yield _entry(column, column.warehouse_type) if column.warehouse_type else f"*{column.name}"


def _never_null(feed: Feed) -> list[str]:
    """Return the columns that the source is tested to have: the id of a row and, if it has one, its key."""
    dated = [feed.business_date] if feed.row_key and feed.business_date not in feed.row_key else []
    return [*dated, *feed.row_key, "event_id"]


def _tag(feed: Feed) -> str:
    return f'tags: "{BY_DATE if feed.builds_dates else UNDATED}"'


def _model_config(feed: Feed) -> str:
    """Return the settings of a staging model; one whose rows ask for no date is a view on every target."""
    if not feed.builds_dates:
        return f"materialized: view, {_tag(feed)}"
    return f"{_tag(feed)}, sort: [{feed.business_date}], meta: {{date_column: {feed.business_date}}}"


def _test(name: str, columns: Iterable[str], config: str) -> str:
    return f"{name}: {{arguments: {{columns: [{', '.join(columns)}]}}, config: {{{config}}}}}"


def _model_tests(feed: Feed) -> str:
    """Return the test of the key: of a table its own, of a file without one the id of a row.

    Legs and events have a key, and `event_ids_name_one_event` tests all of them at once.
    """
    if feed.arrival == "table":
        key = feed.row_key
    elif feed.arrival == "file" and not feed.row_key:
        key = ("event_id",)
    else:
        return ""
    severity = ", severity: warn" if feed.arrival == "table" and _may_move(feed) else ""
    return f"    data_tests:\n      - {_test('primary_key', key, _tag(feed) + severity)}\n"


def _may_move(feed: Feed) -> bool:
    """Return True of rows that may move to another date: a row on both would stop every build."""
    return not (feed.across_dates or feed.business_date in feed.row_key)


def _type(column: Column) -> str:
    return column.warehouse_type or dbt_type(column)


def _entry(column: Column, kind: str) -> str:
    # A name or type that YAML takes for something else, as it does with no and y, is put in quotes.
    name, kind = (text if yaml.safe_load(f"[{text}]") == [text] else f'"{text}"' for text in (column.name, kind))
    return f"{{name: {name}, data_type: {kind}, description: {_quoted(column.description)}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _difference(path: Path, text: str) -> Iterable[str]:
    if not path.exists():
        yield f"{path}: the file is missing: `aero feed sync` writes it"
    elif (text_now := _read(path)) != text:
        lines = zip(text_now.splitlines(), text.splitlines(), strict=False)
        number = next(
            (n for n, (is_now, should_be) in enumerate(lines, 1) if is_now != should_be), len(text.splitlines())
        )
        yield f"{path}:{number}: the register gives another line: `aero feed sync` writes it"


def _left_over(layout: Layout, texts: dict[Path, str]) -> list[Path]:
    """Return the generated files of entries that no longer exist."""
    return [path for path in sorted(layout.staging.rglob("*stg_*")) if path not in texts and WRITTEN in _read(path)]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
