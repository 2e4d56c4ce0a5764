"""`aero feed`: skeletons for a new feed, and a check that says what is still missing.

The register entry, the dbt source with its staging model, and a test are written from the header of a sample file;
nothing is guessed beyond names and types. `check` is what the tests run too.
"""

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from aero_assets.feeds import FOLDER, Feed, FeedError, load_feed
from aero_assets.feeds.register import LINEAGE

PROJECT = Path(__file__).parents[1]
STAGING = PROJECT / "dbt_project" / "models" / "staging"
TESTS = PROJECT / "tests" / "unit" / "feeds"
PLACEHOLDER = "DESCRIBE:"


@dataclass(frozen=True)
class Layout:
    """Where the pieces of a feed live; a test points it at an empty folder."""

    register: Path = FOLDER
    staging: Path = STAGING
    tests: Path = TESTS


def snake(name: str) -> str:
    """Turn a column heading into a snake_case name."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "column"


def create(name: str, sample: Path, date_column: str | None, layout: Layout = Layout()) -> list[Path]:
    """Write the skeletons of feed `system/feed` from a sample file; refuse to overwrite anything."""
    system, _, feed = name.partition("/")
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", name):
        raise FeedError(f"{name!r} is not a feed name: write system/feed in snake_case, e.g. partner/bts_ontime")
    columns = list(_columns(sample))
    business_date = date_column or next((raw for raw, kind in columns if kind == "DATE"), None)
    if business_date is None or business_date not in {raw for raw, _ in columns}:
        choices = ", ".join(raw for raw, _ in columns)
        raise FeedError(f"which column is the business date? Say --date COLUMN, one of: {choices}")
    files = {
        layout.register / system / f"{feed}.toml": _register(system, feed, columns, business_date),
        layout.staging / system / f"stg_{system}__{feed}.sql": _staging(system, feed, columns, business_date),
        layout.staging / system / f"_stg_{system}__{feed}.yml": _yml(system, feed, columns, business_date),
        layout.tests / f"test_{system}__{feed}.py": _test(system, feed, sample),
    }
    if taken := [path for path in files if path.exists()]:
        raise FeedError(f"already there, nothing was written: {', '.join(map(str, taken))}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _columns(sample: Path) -> Iterator[tuple[str, str]]:
    """Yield (heading, type) of a CSV sample; types as DuckDB sniffs them, reduced to those of the register."""
    opener = gzip.open if sample.suffix == ".gz" else open
    with opener(sample, "rt", encoding="utf-8", newline="") as file:
        header = next(csv.reader(file), None)
    if not header:
        raise FeedError(f"{sample} is empty: the first line must name the columns")
    types = {"DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "BOOLEAN": "BOOLEAN", "DOUBLE": "DOUBLE", "BIGINT": "BIGINT"}
    with duckdb.connect() as connection:
        rows = connection.execute("describe select * from read_csv(?, header = true)", [str(sample)]).fetchall()
    for heading, row in zip(header, rows, strict=True):
        yield heading, types.get(row[1], "VARCHAR")


def _typed(columns: list[tuple[str, str]], business_date: str) -> Iterator[tuple[str, str, str]]:
    """Yield (heading, typed name, type); the business date is a date."""
    for raw, kind in columns:
        name = snake(raw)
        name = name if name not in {"source", "version", "attempt"} else f"{name}_given"
        yield raw, name, "DATE" if raw == business_date else kind


def _register(system: str, feed: str, columns: list[tuple[str, str]], business_date: str) -> str:
    header = ", ".join(f'"{raw}"' for raw, _ in columns)
    entries = "\n".join(
        f'\n[[columns]]\nname = "{name}"\ntype = "{kind}"\n'
        f'description = "{PLACEHOLDER} what {raw} means and in which unit"\n'
        f"sql = '\"{raw}\"'" + ("\nrequired = true" if raw == business_date else "")
        for raw, name, kind in _typed(columns, business_date)
    )
    return f'''# {PLACEHOLDER} who publishes this, under which licence, and what one line is.
version = 1
system = "{system}"
feed = "{feed}"
grain = "{PLACEHOLDER} one row per …"
owner = "team:data-platform"
arrival = "file"
source = "partner_file"
business_date = "{snake(business_date)}"
header = [{header}]

# Reasons to refuse a row, e.g.
# [[rules]]
# code = "negative_amount"
# when = "try_cast(AMOUNT as double) < 0"
# message = "'amount is negative: ' || AMOUNT"
{entries}
'''


def _staging(system: str, feed: str, columns: list[tuple[str, str]], business_date: str) -> str:
    casts = ",\n".join(
        f"        cast({name} as {kind.lower()}) as {name}" for _, name, kind in _typed(columns, business_date)
    )
    return f"""with source as (

    select * from {{{{ source('{system}', '{feed}') }}}}

),

first_received as (

    {{{{ first_received('source', date_column='{snake(business_date)}') }}}}

),

renamed as (

    select
        cast(event_id as varchar) as event_id,
{casts}

    from first_received

)

select * from renamed
"""


def _yml(system: str, feed: str, columns: list[tuple[str, str]], business_date: str) -> str:
    def described(indent: str) -> str:
        return "\n".join(
            f"{indent}- {{name: {name}, data_type: {kind.lower()}, description: '{PLACEHOLDER} {name}'}}"
            for _, name, kind in _typed(columns, business_date)
        )

    day = snake(business_date)
    return f"""sources:
  - name: {system}
    description: "{PLACEHOLDER} where the feed comes from."
    schema: "{{{{ env_var('AERO_SPECTRUM_SCHEMA', 'spectrum_typed') if target.type == 'redshift' else '{system}' }}}}"
    tables:
      - name: {feed}
        identifier: "{{{{ '{system}_{feed}' if target.type == 'redshift' else '{feed}' }}}}"
        description: "{PLACEHOLDER} one row per …"
        config:
          meta:
            formatter: template
            external_location: >-
              read_parquet(
              '{{{{ env_var("AERO_LAKE_COPY", "../.aero/current/lake") }}}}/typed/{system}/{feed}/*/*.parquet',
              hive_partitioning = true, hive_types = {{'{day}': DATE}}, union_by_name = true)
            dagster: {{asset_key: [catalog, {system}, {feed}]}}
        columns:
          - {{name: event_id, data_type: varchar, description: '{{{{ doc("event_id") }}}}', data_tests: [not_null]}}
{described("          ")}

models:
  - name: stg_{system}__{feed}
    description: "{PLACEHOLDER} one row per …"
    columns:
      - {{name: event_id, data_type: varchar, description: '{{{{ doc("event_id") }}}}', data_tests: [not_null, unique]}}
{described("      ")}
"""


def _test(system: str, feed: str, sample: Path) -> str:
    return f'''"""Feed {system}/{feed}: a sample goes through the typed step, and what is wrong with a row is said."""

from tests.judging import judged

# The first lines of {sample.name}; add one row per rule of the register entry, and what it must say.
SAMPLE = """{_head(sample)}"""


def test_the_sample_is_accepted():
    assert [row["reason"] for row in judged("{system}/{feed}", SAMPLE)] == [None] * (SAMPLE.count("\\n") - 1)
'''


def _head(sample: Path) -> str:
    opener = gzip.open if sample.suffix == ".gz" else open
    with opener(sample, "rt", encoding="utf-8", newline="") as file:
        return "".join(line.rstrip("\r\n") + "\n" for _, line in zip(range(4), file, strict=False)).replace(
            '"""', "'''"
        )


def check(name: str, layout: Layout = Layout()) -> list[str]:
    """Return what is missing before a feed is complete, one sentence per finding; empty when it is right."""
    system, _, feed_name = name.partition("/")
    entry = layout.register / system / f"{feed_name}.toml"
    if not entry.exists():
        return [f"{entry}: no register entry; `aero feed new {name} --sample FILE` writes one"]
    try:
        feed = load_feed(entry)
    except FeedError as error:
        return [f"{error}"]
    return [*_placeholders(layout, feed), *_dbt_gaps(layout, feed), *_test_gaps(layout, feed)]


def _placeholders(layout: Layout, feed: Feed) -> Iterator[str]:
    """Yield every line that still says what to write."""
    yml = (layout.staging / feed.system).glob("*.yml")
    for path in (layout.register / feed.system / f"{feed.name}.toml", *sorted(yml)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if PLACEHOLDER in line:
                yield f"{path}:{number}: replace «{PLACEHOLDER} …» by a description"


def _dbt_gaps(layout: Layout, feed: Feed) -> Iterator[str]:
    """Yield what dbt does not know of the feed: source, columns, staging model."""
    folder = layout.staging / feed.system
    model = folder / f"{feed.staging_model}.sql"
    if not model.exists():
        yield f"{model}: the staging model is missing"
    declared: dict[str, str] | None = None
    for path in sorted(folder.glob("*.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8")).get("sources", []):
            for table in source["tables"]:
                if table["config"]["meta"].get("dagster", {}).get("asset_key") == ["catalog", *feed.key]:
                    declared = {column["name"]: column["data_type"] for column in table["columns"]}
    if declared is None:
        yield f"{folder}: no dbt source has asset_key [catalog, {feed.system}, {feed.name}]"
        return
    for column in feed.columns:
        if column.name in declared and declared[column.name] != column.type.lower():
            both = f"{declared[column.name]} in dbt, {column.type.lower()} in the register"
            yield f"{folder}: source column {column.name} is {both}"
    own = {column.name: column for column in feed.columns}
    for name in sorted(declared.keys() - own.keys()):
        yield f"{folder}: dbt declares column {name}, the register does not"
    for name in sorted(own.keys() - declared.keys() - ({column.name for column in LINEAGE} - {"event_id"})):
        yield f"{folder}: the register declares column {name}, dbt does not"


def _test_gaps(layout: Layout, feed: Feed) -> Iterator[str]:
    path = layout.tests / f"test_{feed.system}__{feed.name}.py"
    if not path.exists():
        yield f"{path}: no test of the feed"
        return
    text = path.read_text(encoding="utf-8")
    for rule in feed.rules:
        if rule.code not in text:
            yield f"{path}: no test shows a row refused as {rule.code}"
