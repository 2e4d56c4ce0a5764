"""Figures by name: MetricFlow writes the SQL of a question, and the published marts answer it.

The semantic manifest, which `dbt parse` writes beside its manifest, defines the possible questions. A question names
figures, dimensions and a period; names are short (`route`, `weekday`, `month`) where MetricFlow requires full names
(`calendar_day__weekday`, `metric_time__month`). Nothing is executed here, and no warehouse is opened.
"""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer

#: Steps of time, by the name that people use.
GRAINS = ("day", "week", "month", "quarter", "year")
TIME = "metric_time"
#: The entity that figures are joined with the calendar by.
CALENDAR = "calendar_day"


class QuestionError(ValueError):
    """A question that has no answer; the message names the problem and the valid names."""


@dataclass(frozen=True)
class Metric:
    """A figure that can be computed. `kind` is kpi or sum, `sample` names the sums that are its n."""

    name: str
    label: str
    description: str
    kind: str
    unit: str
    sample: str


@dataclass(frozen=True)
class Question:
    """Figures, their dimensions, and the rows: first and last day included, `only` these values."""

    metrics: Sequence[str]
    by: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    only: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    order: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class _Client:
    """The SQL client that MetricFlow requires; its dialect is DuckDB's."""

    sql_engine_type: Any
    sql_plan_renderer: "SqlPlanRenderer"


class Metrics:
    """The metrics of one semantic manifest."""

    def __init__(self, manifest: str) -> None:
        self._manifest = _without_database(json.loads(manifest))

    @classmethod
    def of_project(cls, path: Path) -> "Metrics":
        """Return the metrics of the project whose semantic manifest is at `path`; an error if it was not parsed."""
        try:
            return cls(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise QuestionError(f"{path} is missing: run `make manifest` (or `dbt parse` in dbt_project)") from None

    @cached_property
    def all(self) -> dict[str, Metric]:
        """Return every figure by its name, KPIs first, because dbt keeps no order."""
        metrics = []
        for item in self._manifest["metrics"]:
            meta = (item.get("config") or {}).get("meta") or {}
            texts = (item["name"], item.get("label") or item["name"], item.get("description") or "")
            metrics.append(Metric(*texts, meta.get("kind", ""), meta.get("unit", ""), meta.get("sample", "")))
        return {
            metric.name: metric for metric in sorted(metrics, key=lambda metric: (metric.kind != "kpi", metric.name))
        }

    def groupings(self, metrics: Sequence[str]) -> dict[str, str]:
        """Return the dimensions that these figures have in common: short name to MetricFlow's name."""
        from metricflow_semantic_interfaces.type_enums import DimensionType  # noqa: PLC0415

        names: dict[str, set[str]] = {}
        for item in self._engine.list_group_bys(list(self._known(metrics))):
            # The date of a fact is `day`, and the calendar is there for what it is joined for.
            if getattr(item, "type", None) is not DimensionType.TIME and item.name != CALENDAR:
                names.setdefault(item.name, set()).add(getattr(item, "dunder_name", item.name))
        groupings = {grain: f"{TIME}__{grain}" for grain in GRAINS}
        for short, wholes in sorted(names.items()):
            # `country` is of the origin and of the destination: each by its whole name.
            groupings |= {short: next(iter(wholes))} if len(wholes) == 1 else {whole: whole for whole in sorted(wholes)}
        return groupings

    def sql(self, question: Question) -> str:
        """Return the SQL that answers a question from tables called `schema.table`, columns in the requested order.

        Raises QuestionError if the question cannot be answered.
        """
        from metricflow.engine.metricflow_engine import (  # noqa: PLC0415 - a second that only a question is worth
            MetricFlowQueryRequest,
            OutputColumnOrderMode,
        )

        if not question.metrics:
            raise QuestionError("A question names at least one figure.")
        groupings = self.groupings(question.metrics)
        by = [_among(name, groupings, question.metrics) for name in question.by]
        request = MetricFlowQueryRequest.create(
            metric_names=list(question.metrics),
            group_by_names=by,
            where_constraints=[
                *_period(question),
                *(self._where(name, values, groupings, question.metrics) for name, values in question.only.items()),
            ],
            order_by_names=_order(question, groupings) or by,
            limit=question.limit,
            output_column_order_mode=OutputColumnOrderMode.INPUT_ORDER,
        )
        return self._engine.explain(request).sql_statement.without_descriptions.sql

    def _known(self, metrics: Iterable[str]) -> tuple[str, ...]:
        for name in metrics:
            if name not in self.all:
                raise QuestionError(f"There is no figure {name!r}.{_near(name, self.all)}")
        return tuple(metrics)

    def _where(self, name: str, values: Sequence[str], groupings: Mapping[str, str], metrics: Sequence[str]) -> str:
        whole = _among(name, groupings, metrics)
        if whole.startswith(TIME):
            raise QuestionError(f"A period is said by its first and its last day, not by {name!r}.")
        if any({"{", "}"} & set(value) for value in values):
            raise QuestionError(f"{name} has no value with braces.")
        entities = {entity["name"] for model in self._manifest["semantic_models"] for entity in model["entities"]}
        kind = "Entity" if whole in entities else "Dimension"
        quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
        return f"{{{{ {kind}('{whole}') }}}} in ({quoted})"

    @cached_property
    def _engine(self) -> "MetricFlowEngine":
        from metricflow.engine.metricflow_engine import MetricFlowEngine  # noqa: PLC0415
        from metricflow.protocols.sql_client import SqlEngine  # noqa: PLC0415
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer  # noqa: PLC0415
        from metricflow_semantics.model.dbt_manifest_parser import (  # noqa: PLC0415
            parse_manifest_from_dbt_generated_manifest,
        )
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup  # noqa: PLC0415

        manifest = parse_manifest_from_dbt_generated_manifest(json.dumps(self._manifest))
        client: Any = _Client(SqlEngine.DUCKDB, DuckDbSqlPlanRenderer())
        return MetricFlowEngine(SemanticManifestLookup(manifest), client)


def _without_database(manifest: dict[str, Any]) -> dict[str, Any]:
    """Replace the names of tables by their published names: schema and name, without a database."""
    spines = manifest["project_configuration"]["time_spines"]
    for model in (*manifest["semantic_models"], *spines):
        relation = model["node_relation"]
        relation |= {"database": None, "relation_name": f"{relation['schema_name']}.{relation['alias']}"}
    return manifest


def _among(name: str, groupings: Mapping[str, str], metrics: Sequence[str]) -> str:
    """Return MetricFlow's name of a dimension."""
    if name in groupings.values():
        return name
    if name not in groupings:
        asked, known = " and ".join(metrics), ", ".join(groupings)
        raise QuestionError(f"{asked} cannot be asked by {name!r}.{_near(name, groupings)} There is {known}.")
    return groupings[name]


def _order(question: Question, groupings: Mapping[str, str]) -> list[str]:
    """Return the columns by which the answer is ordered; a minus reverses the order."""
    if not question.order:
        return []
    name = question.order.removeprefix("-")
    asked = (*question.metrics, *question.by)
    if name not in asked:
        raise QuestionError(f"The answer has no {name!r} to be ordered by; it has {', '.join(asked)}.")
    return [f"{'-' if question.order.startswith('-') else ''}{groupings.get(name, name)}"]


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3)
    return f" Did you mean {' or '.join(near)}?" if near else " `aero metrics` lists figures and what they go by."


def _period(question: Question) -> list[str]:
    """Return conditions from the first day to the last; MetricFlow's own would widen the period to whole steps."""
    day = f"{{{{ TimeDimension('{TIME}', 'day') }}}}"
    given = ((">=", question.first), ("<=", question.last))
    return [f"{day} {sign} cast('{limit:%Y-%m-%d}' as date)" for sign, limit in given if limit]
