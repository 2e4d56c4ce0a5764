"""Outcomes of checks at the end of a demo: one that is under way is waited for and is no failure."""

from types import SimpleNamespace
from typing import Any

from aero_cli.demo import checks


def answer(**statuses):
    listed = [{"name": name, "executionForLatestMaterialization": status and {"status": status}}
              for name, status in statuses.items()]  # fmt: skip
    node = {"assetKey": {"path": ["a"]}, "assetMaterializations": [1], "assetChecksOrError": {"checks": listed}}
    return {"assetNodes": [node]}


def test_a_check_of_a_run_that_has_not_ended_is_waited_for(monkeypatch):
    answers = [answer(x="IN_PROGRESS", y="SUCCEEDED"), answer(x="SUCCEEDED", y="SUCCEEDED")]
    monkeypatch.setattr(checks.http, "graphql", lambda *_, **__: answers.pop(0))
    state: Any = SimpleNamespace(url=lambda _: "http://127.0.0.1:1")
    assert checks.latest(state) == {"passed": 2, "failed": [], "not_run": []}
    assert answers == []


def test_a_check_that_never_ends_did_not_run(monkeypatch):
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", -1)
    monkeypatch.setattr(checks.http, "graphql", lambda *_, **__: answer(x="IN_PROGRESS", y="FAILED", z=None))
    state: Any = SimpleNamespace(url=lambda _: "http://127.0.0.1:1")
    assert checks.latest(state) == {"passed": 0, "failed": ["a:y"], "not_run": ["a:x", "a:z"]}
