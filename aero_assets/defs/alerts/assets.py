"""Alerts as assets: their log and state, copies in the raw zone, incident briefs, baselines, failures of runs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from aero_assets.defs.alerts.briefs import Briefer
from aero_assets.defs.alerts.copies import DECISIONS, TRANSITIONS, Copier, decision_lines, labels_of, transition_lines
from aero_assets.defs.alerts.history import A14, History
from aero_assets.defs.alerts.log import Cursor, is_caught_up, unread
from aero_assets.defs.sources.assets import LOG_COPIES
from aero_assets.defs.streaming.assets import ALERTS_FEED, LEG_STATE
from aero_assets.defs.warehouse.assets import BASELINES, PUBLISHED
from aero_assets.environment import Environment
from aero_assets.live import ABSENT, Live, LiveStore
from aero_assets.resources import Zones
from aero_assets.storage import Bucket, DamagedObjectError
from aero_streaming.alerts.baselines import baseline_key
from aero_streaming.alerts.batch import CLOCK
from aero_streaming.alerts.words import Settings
from aero_streaming.rules import rules
from aero_streaming.times import business_date, parse

ALERT_LOG = dg.AssetKey(["alerts", "alert_log"])
BRIEF = dg.AssetKey(["alerts", "incident_brief"])
RUN_FAILURES = dg.AssetKey(["alerts", "run_failures"])
OWNERS = ["team:data-platform"]
#: Names of the stored progress of the alert-log copy; sensors compare with it.
LEVELS, PARTITION = "alert_log", "log"
#: Tags of a run of the follow-up: the level that it is to reach, and the hour the log begins in.
WANTED_TAG, FIRST_TAG = "aero/wanted", "aero/first"
MOST_ROUNDS = 10

watched = [
    dg.AssetSpec(
        key=ALERT_LOG,
        deps=[ALERTS_FEED, LEG_STATE],
        description="The transition log of alerts in DynamoDB, in order of arrival: one row per alert and revision.",
        group_name="alerts",
        kinds={"dynamodb", "lambda"},
        owners=OWNERS,
    ),
    dg.AssetSpec(
        key=RUN_FAILURES,
        description="Runs of the orchestrator that failed: one row per run, in the ledger of the lake.",
        group_name="alerts",
        kinds={"s3"},
        owners=OWNERS,
    ),
]


@dataclass
class Progress:
    """The progress of the copy of the alert log, stored in the lake."""

    lake: Bucket
    cursor: Cursor = field(default_factory=Cursor)
    parts: dict[str, list[str]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)

    KEY = f"_manifests/{LEVELS}.json"

    @classmethod
    def load(cls, lake: Bucket) -> "Progress":
        """Read the progress; if it is missing or damaged, begin at the start: no line is copied twice."""
        try:
            data: dict[str, Any] = lake.read_json(cls.KEY) or {}
        except DamagedObjectError:
            data = {}
        return cls(lake, Cursor.from_text(data.get("cursor")), data.get("parts", {}), data.get("levels", {}))

    def save(self) -> None:
        """Write the progress; all lines before it are done."""
        self.lake.write_json(self.KEY, {"levels": self.levels, "cursor": self.cursor.text(), "parts": self.parts})


@dg.multi_asset(
    name="follow_up",
    specs=[
        dg.AssetSpec(
            key=LOG_COPIES,
            deps=[ALERT_LOG],
            description="Transitions and decisions, copied to the raw zone in parts by hour of arrival: one row per "
            "line of a log.",
            group_name="alerts",
            kinds={"s3"},
            owners=OWNERS,
        ),
        dg.AssetSpec(
            key=BRIEF,
            deps=[ALERT_LOG, PUBLISHED],
            description="What a person needs who opens a red alert, with its evidence, as of the last time that it got "
            "graver: one row per alert.",
            group_name="alerts",
            kinds={"s3", "markdown"},
            owners=OWNERS,
            # A run that finds nothing red writes no brief.
            skippable=True,
        ),
    ],
    pool="alerts",
)
def follow_up(context: dg.AssetExecutionContext, zones: Zones, live: Live) -> Iterator[dg.MaterializeResult]:
    """Write briefs of alerts that turned red, then copy the log; a line is done when it is copied."""
    store = live.store()
    if store is None:
        raise dg.Failure(ABSENT)
    scratch = zones.scratch()
    scratch.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    progress = Progress.load(zones.lake())
    if not progress.cursor.since and (first := context.run.tags.get(FIRST_TAG)):
        progress.cursor = Cursor(since=f"{first}:00:00.000000Z")
    copier = Copier(zones.raw(), scratch, progress.parts)
    briefer = Briefer(store, rules(), zones.lake(), History(zones.copy_of_published()), _settings())
    copied = {TRANSITIONS.path: 0, DECISIONS.path: 0}
    for _ in range(MOST_ROUNDS):
        lines, progress.cursor = unread(store, progress.cursor, now)
        for brief in briefer.write(lines):
            context.log_event(_materialization(brief.markdown, brief.content))
        labels = labels_of(store.alerts(line["alert_key"] for line in lines))
        copied[DECISIONS.path] += copier.copy(DECISIONS.path, decision_lines(store, lines, labels))
        copied[TRANSITIONS.path] += copier.copy(TRANSITIONS.path, transition_lines(lines, labels))
        progress.parts = copier.remembered()
        progress.save()
        if is_caught_up(progress.cursor, now):
            # A run that somebody started by hand was asked for no level.
            if level := context.run.tags.get(WANTED_TAG):
                progress.levels[PARTITION] = level
                progress.save()
            break
    yield dg.MaterializeResult(
        asset_key=LOG_COPIES,
        metadata={
            "transitions": copied[TRANSITIONS.path],
            "decisions": copied[DECISIONS.path],
            "dagster/uri": f"s3://{zones.raw().name}/{TRANSITIONS.system}/",
        },
    )


def _materialization(markdown: str, content: dict[str, Any]) -> dg.AssetMaterialization:
    metadata = {name: content[name] for name in ("alert_key", "revision", "level", "raised_at")}
    return dg.AssetMaterialization(
        BRIEF,
        description=content["message"].splitlines()[0],
        metadata={**metadata, "brief": dg.MetadataValue.md(markdown)},
        tags={"dagster/data_version": f"{content['revision']}"},
    )


def _settings() -> Settings:
    return Settings(dashboard_url=Environment.current().dashboard_url)


after_alerts = dg.define_asset_job(
    "after_alerts",
    selection=dg.AssetSelection.assets(LOG_COPIES, BRIEF),
    executor_def=dg.in_process_executor,
    description="What follows of new lines in the log of alerts: incident briefs, and the copy in the raw zone.",
)


@dg.asset(
    key=BASELINES,
    deps=[PUBLISHED],
    description="What is usual, for rules that compare: on-time arrivals over the last 28 published days, one row per "
    "KPI and scope.",
    group_name="alerts",
    kinds={"dynamodb"},
    owners=OWNERS,
)
def baselines(context: dg.AssetExecutionContext, zones: Zones, live: Live) -> dg.MaterializeResult:
    """Write the baselines that changed; nothing is written on a platform without live tables."""
    store = live.store()
    if store is None:
        context.log.info(ABSENT)
        return dg.MaterializeResult(metadata={"written": 0, "note": ABSENT})
    usual = [
        {"baseline_key": baseline_key(A14.id, "route", row["route"]), **{k: v for k, v in row.items() if k != "route"}}
        for row in History(zones.copy_of_published()).a14_of_routes(_live_day(store))
    ]
    changed = store.changed_baselines(usual)
    store.put_baselines(changed)
    return dg.MaterializeResult(metadata={"written": len(changed), "unchanged": len(usual) - len(changed)})


def _live_day(store: LiveStore) -> date | None:
    """Return the operating day that the stream is in, because a day is not compared with itself."""
    at = store.heartbeats().get(CLOCK)
    return date.fromisoformat(business_date(parse(at), rules().close_hour_utc)) if at else None
