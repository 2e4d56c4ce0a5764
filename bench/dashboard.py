"""The network page over a year of 300 routes (547,500 legs): its first run, and what a change of filters costs.

Held against the SQL alone: the same queries on the same version, outside of Streamlit. What the page adds is drawing,
which does not grow with the year. Goals are what a reader feels: a page within three seconds, an answer within one
and a half. Streamlit's own test runner runs the page, in one process, without a browser and without a network.
"""

import os
import random
import time
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import duckdb
from streamlit.testing.v1 import AppTest

from aero_assets import complete_days
from aero_assets.published import PublishedCopy, Snapshot
from aero_dashboard import queries
from aero_dashboard.data import FOLDER, Folder
from aero_dashboard.queries import Scope
from bench.goals import GOALS
from bench.measure import Say
from bench.runner import PROJECT, Result
from tests.dashboard.warehouse import publish_made

ROUNDS, CHANGES = 3, 20
COPY = "AERO_PUBLISHED_COPY"


def run(folder: Path, say: Say) -> list[Result]:
    """Publish a year, then alternate: a page that has seen nothing and changes of its filters, and the SQL alone."""
    published = folder / "published-year"
    with duckdb.connect() as connection:
        connection.execute(Path(__file__).with_name("dashboard.sql").read_text(encoding="utf-8"))
        publish_made(connection, published)
    before = {name: os.environ.get(name) for name in (FOLDER, COPY)}
    first: dict[str, list[float]] = {"page": [], "sql": []}
    later: dict[str, list[float]] = {"page": [], "sql": []}
    try:
        for number in range(ROUNDS):
            copy = folder / f"copy-{number}"
            PublishedCopy(copy, Folder(published)).pull()
            os.environ |= {FOLDER: str(published), COPY: str(copy)}
            page, clicks = _page(number)
            sql, scopes = _sql(PublishedCopy(copy, Folder(published)).pull(), number)
            first["page"].append(page)
            first["sql"].append(sql)
            later["page"] += clicks
            later["sql"] += scopes
            say(f"round {number + 1} of {ROUNDS}: page {page:.2f} s, SQL {sql:.2f} s; a change {median(clicks):.2f} s")
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    baseline = "the page's queries alone, on the same version"
    return [
        Result(
            "dashboard_first_run",
            median(first["page"]),
            "s",
            GOALS["dashboard_first_run"],
            baseline,
            median(first["sql"]),
        ),
        Result(
            "dashboard_interaction_p95",
            _p95(later["page"]),
            "s",
            GOALS["dashboard_interaction_p95"],
            baseline,
            _p95(later["sql"]),
        ),
    ]


def _changes(seed: int) -> list[dict[str, str]]:
    rng = random.Random(seed)  # noqa: S311 - which filters somebody picks
    return [
        {
            "period": rng.choice(["7d", "14d", "28d", "all"]),
            "otp": rng.choice(["cirium_a14", "d15", "dot_a14"]),
            "carrier": rng.choice(["", "AM", "5D"]),
            "origin": rng.choice(["", "MEX", "GDL", "MTY", "CUN"]),
            "min": f"{rng.randrange(1, 60)}",
        }
        for _ in range(CHANGES)
    ]


def _page(seed: int) -> tuple[float, list[float]]:
    """Seconds of the first run of a session over a copy nobody has opened, and of each change of filters after it."""
    page = AppTest.from_file(str(PROJECT / "aero_dashboard" / "app.py"), default_timeout=120)
    page.query_params["period"] = "all"
    began = time.perf_counter()
    page.run()
    first = time.perf_counter() - began
    # The bare address went on to the network page; later runs must say where they are.
    page.switch_page("views/network.py")
    taken = []
    for params in _changes(seed):
        page.query_params.clear()
        page.query_params.update({name: value for name, value in params.items() if value})
        began = time.perf_counter()
        page.run()
        taken.append(time.perf_counter() - began)
        assert not page.exception, page.exception
        assert page.metric, params
    return first, taken


def _sql(snapshot: Snapshot, seed: int) -> tuple[float, list[float]]:
    """Seconds of the same questions without the page: connecting and everything, then scope by scope."""
    began = time.perf_counter()
    with snapshot.connect() as connection:
        span = complete_days.span(connection)
        assert span is not None
        queries.known(connection)
        _ask(connection, Scope(span[0], span[-1]), "cirium_a14")
        first, taken = time.perf_counter() - began, []
        days = {"7d": 7, "14d": 14, "28d": 28, "all": 10_000}
        for params in _changes(seed):
            start = max(span[0], span[1] - timedelta(days=days[params["period"]] - 1))
            began = time.perf_counter()
            scope = Scope(start, span[1], params["carrier"] or None, params["origin"] or None)
            _ask(connection, scope, params["otp"])
            taken.append(time.perf_counter() - began)
    return first, taken


def _ask(connection: duckdb.DuckDBPyConnection, scope: Scope, definition: str) -> None:
    for query in (queries.sums_by_day, queries.otp_by_day, queries.sums_by_route, queries.causes, queries.codes):
        query(connection, scope)
    for other in (queries.otp_by_route, queries.otp_by_route_hour):
        other(connection, scope, definition)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
