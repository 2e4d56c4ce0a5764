"""What dbt lacks of a feed: its source, its staging model, and their documentation, compared with the register.

The yml files are read with their line numbers. The staging model is run on an empty table with the register's columns,
so that its columns and types are known without a dbt process.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from aero_assets.environment import PROJECT
from aero_assets.feeds import Feed
from aero_cli.feeds.feed_new import Layout
from aero_cli.feeds.feed_skeletons import PLACEHOLDER, dbt_type
from aero_streaming.merge import SOURCES

MACROS = PROJECT / "dbt_project" / "macros"
LINE = "__line__"


class _Lines(yaml.SafeLoader):
    """A loader whose mappings know the line they start at."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return {**super().construct_mapping(node, deep=deep), LINE: node.start_mark.line + 1}


@dataclass(frozen=True)
class _Part:
    """A source table or a model as a yml file documents it."""

    path: Path
    what: str
    content: dict[str, Any]

    @property
    def place(self) -> str:
        return f"{self.path}:{self.content[LINE]}"

    @property
    def columns(self) -> dict[str, dict[str, Any]]:
        found = [one for one in self.content.get("columns") or () if isinstance(one, dict)]
        return {str(one.get("name")): one for one in found}

    def column_place(self, name: str) -> str:
        return f"{self.path}:{self.columns[name][LINE]}"


def dbt_gaps(layout: Layout, feed: Feed) -> Iterator[str]:
    """Yield what dbt does not know of a feed, or says differently."""
    folder = layout.staging(feed.system)
    sources, models = [], []
    for path in sorted(folder.glob("*.yml")):
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), _Lines) or {}  # noqa: S506 - a SafeLoader
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            yield f"{path}:{line}: {error.problem}"
            continue
        for source in document.get("sources") or ():
            tables = [one for one in source.get("tables") or () if _asset_key(one) == ["catalog", *feed.key]]
            sources += [_Part(path, f"source {feed.path}", table) for table in tables]
        named = [one for one in document.get("models") or () if one.get("name") == feed.staging_model]
        models += [_Part(path, feed.staging_model, one) for one in named]
    if not sources:
        key = ", ".join(["catalog", *feed.key])
        yield f"{folder}: no dbt source has the asset_key [{key}] (config.meta.dagster of a table in a yml file)"
    if not models:
        yield f"{folder}: no yml file documents the model {feed.staging_model}"
    # A model repeats the columns of its source by YAML anchors: what they lack is said once.
    yield from dict.fromkeys(finding for part in (*sources, *models) for finding in _documentation(part, feed))
    for part in sources:
        yield from _source_gaps(part, feed)
    yield from _model_gaps(layout, feed, models)


def _asset_key(table: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the file says
    meta = (table.get("config") or {}).get("meta") or {}
    return (meta.get("dagster") or {}).get("asset_key")


def _documentation(part: _Part, feed: Feed) -> Iterator[str]:
    """Yield what is not described, or not typed."""
    register = {column.name: column.description for column in feed.columns}
    description = " ".join(str(part.content.get("description") or "").split())
    if PLACEHOLDER in description:
        yield f"{part.place}: describe {part.what}; the last sentence is its grain, «One row per … .»"
    elif "one row per" not in re.split(r"(?<=[.;])\s+", description)[-1].lower():
        yield f"{part.place}: the description of {part.what} must end in its grain, «One row per … .»"
    elif not description.endswith("."):
        yield f"{part.place}: the description of {part.what} must end in a full stop"
    for name, column in part.columns.items():
        text = str(column.get("description") or "")
        if not text.strip() or PLACEHOLDER in text:
            known = register.get(name, PLACEHOLDER)
            hint = "" if PLACEHOLDER in known else f", as in the register: {known}"
            yield f"{part.column_place(name)}: describe column {name}{hint}"
        if not column.get("data_type"):
            yield f"{part.column_place(name)}: column {name} has no data_type"


def _source_gaps(part: _Part, feed: Feed) -> Iterator[str]:
    """Yield where a source differs from the register."""
    declared = {column.name: dbt_type(column.type) for column in feed.columns}
    for name, column in part.columns.items():
        if name not in declared:
            yield f"{part.column_place(name)}: the register has no column {name}: take it out here, or add it there"
        elif (found := str(column.get("data_type") or "").lower()) and found != declared[name]:
            yield f"{part.column_place(name)}: column {name} is {found} here, {declared[name]} by the register"
    for name in [name for name in declared if name not in part.columns]:
        entry = f"- {{name: {name}, data_type: {declared[name]}, description: …}}"
        yield f"{part.place}: {part.what} lacks column {name} of the register: add {entry}"
    meta = part.content["config"]["meta"]
    reads, day = str(meta.get("external_location")), feed.business_date
    for text in (f"/typed/{feed.path}/*/*.parquet", f"'{day}': DATE"):
        if text not in reads:
            yield f"{part.place}: external_location of {part.what} must say {text}"
    if meta.get("formatter") != "template":
        yield f"{part.place}: {part.what} needs «formatter: template» in its meta, for the braces of hive_types"
    if f"{feed.system}_{feed.name}" not in str(part.content.get("identifier")):
        yield f"{part.place}: the identifier of {part.what} on Redshift must be {feed.system}_{feed.name}"


def _model_gaps(layout: Layout, feed: Feed, models: list[_Part]) -> Iterator[str]:
    """Yield where the staging model is missing, reads something else, or gives other columns than documented."""
    path = layout.staging(feed.system) / f"{feed.staging_model}.sql"
    if not path.exists():
        yield f"{path}: the staging model is missing"
        return
    text = path.read_text(encoding="utf-8")
    call = f"source('{feed.system}', '{feed.name}')"
    if not re.search(rf"""source\(\s*['"]{feed.system}['"]\s*,\s*['"]{feed.name}['"]\s*\)""", _uncommented(text)):
        yield f"{path}: the staging model does not read its source: select from {{{{ {call} }}}}"
        return
    # Beside the union itself: a source may come to it by way of a model of its own.
    leg_facts = "".join(file.read_text(encoding="utf-8") for file in layout.leg_facts.parent.glob("*.sql"))
    tells_of_legs = feed.source in SOURCES and any(column.name == "leg_uid" for column in feed.columns)
    if tells_of_legs and f"ref('{feed.staging_model}')" not in leg_facts:
        yield f"{layout.leg_facts}: facts about legs come together here: add a select from {feed.staging_model}"
    for part in models:
        try:
            yield from _compare(path, part, feed, text)
        except jinja2.TemplateError as error:
            # Macros beyond ours are dbt's to know: `dbt parse` judges those.
            if isinstance(error, jinja2.TemplateSyntaxError):
                yield f"{path}:{error.lineno}: {error.message}"
        except duckdb.Error as error:
            yield f"{path}: {f'{error}'.splitlines()[0]}"


def _uncommented(sql: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/|\{#.*?#\}", "", sql, flags=re.DOTALL)


def _compare(path: Path, part: _Part, feed: Feed, text: str) -> Iterator[str]:
    """Run the model on an empty table; yield every column that its documentation misses or gives another type."""
    with duckdb.connect() as engine:
        columns = ", ".join(f"{column.name} {column.type}" for column in feed.columns)
        engine.execute(f"create table the_source ({columns})")
        described = engine.execute(f"describe {_rendered(text)}").fetchall()
        found = {name: kind for name, kind, *_ in described}
        for name, kind in found.items():
            if name not in part.columns:
                yield f"{part.place}: column {name} of {path.name} is not documented: add it with type and description"
                continue
            said = str(part.columns[name].get("data_type") or "varchar")
            [(_, wanted, *_)] = engine.execute(f"describe select cast(null as {said}) as x").fetchall()
            if wanted != kind:
                yield f"{part.column_place(name)}: column {name} is {said} here, {kind.lower()} in {path.name}"
    for column in [column for column in feed.columns if column.name not in found]:
        cast = f"cast({column.name} as {dbt_type(column.type)}) as {column.name}"
        yield f"{path}: column {column.name} of the register is left out: select {cast}"
    for name in [name for name in part.columns if name not in found]:
        yield f"{part.column_place(name)}: {path.name} gives no column {name}: select it, or take it out here"


def _rendered(text: str) -> str:
    """Return the SQL of a staging model over `the_source`, without dbt."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(MACROS), undefined=jinja2.StrictUndefined)  # noqa: S701
    first_received = vars(jinja.get_template("first_received.sql").module)["first_received"]
    return jinja.from_string(text).render(
        source=lambda *_: "the_source", first_received=first_received, config=lambda **_: ""
    )
