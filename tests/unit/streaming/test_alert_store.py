"""The store: the same answers from DynamoDB (as the fake has it) and from memory, which backtests use."""

import pytest

from aero_streaming.alerts.items import from_item, to_item
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Change, Tables
from aero_streaming.backtesting.memory_store import MemoryStore

from .alert_samples import TABLES
from .fakes import FakeDynamo, refused


@pytest.fixture(params=["dynamodb", "memory"])
def store(request):
    return AlertStore(FakeDynamo(), TABLES) if request.param == "dynamodb" else MemoryStore()


def row(key, version, **values):
    return {"key": key, "state_version": version, **values}


def test_a_row_is_written_only_where_nothing_newer_or_equal_is(store):
    assert store.put_newer([row("a", 3), row("b", 3)]) == set()
    assert store.put_newer([row("a", 3, n=1), row("b", 4, n=1), row("c", 1)]) == {"a"}
    assert store.put_newer([row("b", 4, n=2)]) == {"b"}
    assert {key: item.get("n") for key, item in store.states(["a", "b", "c", "d"]).items()} == {
        "a": None,
        "b": 1,
        "c": None,
    }


def test_a_row_beats_its_own_removal_and_a_removal_no_row(store):
    store.put_newer([row("a", 3)])
    assert store.put_newer([row("a", 3, is_deleted=True)]) == {"a"}
    assert store.put_newer([row("a", 4, is_deleted=True)]) == set()
    assert store.put_newer([row("a", 4)]) == set()
    assert "is_deleted" not in store.states(["a"])["a"]


def test_an_alert_is_written_only_on_the_version_that_was_read(store):
    alert = {"alert_key": "k", "item_version": 1}
    line = {
        "arrived_hour": "2026-11-25T18",
        "arrival": "1",
        "alert_key": "k",
        "notify_state": "pending",
        "pending": "1",
    }
    assert store.commit(Change(alert, 0, [line]))
    assert not store.commit(Change({**alert, "note": "late"}, 0, [{**line, "arrival": "2"}]))
    assert store.commit(Change({**alert, "item_version": 2}, 1))
    assert not store.commit(Change({**alert, "item_version": 2}, 1))
    assert store.alerts(["k"])["k"]["item_version"] == 2
    assert store.transition("2026-11-25T18", "2") is None


def test_an_event_that_is_in_the_log_does_not_hold_up_the_alert_it_causes(store):
    first = {"event_id": "e", "route": "A-B", "event_time": "1", "flight": "F"}
    assert store.log_events([first]) == set()
    assert store.commit(Change({"alert_key": "k", "item_version": 1}, 0, events=[{**first, "note": "again"}]))
    assert store.log_events([first, {**first, "event_id": "f"}]) == {"e"}
    found = list(store.query(store.tables.event_log, ("route", "A-B"), index="by_route"))
    assert sorted(item["event_id"] for item in found) == ["e", "f"]
    assert not any("note" in item for item in found)


def test_changes_of_several_alerts_are_written_all_or_none(store):
    store.commit(Change({"alert_key": "a", "item_version": 1}, 0))
    both = [Change({"alert_key": "a", "item_version": 2}, 1), Change({"alert_key": "b", "item_version": 1}, 0)]
    assert not store.commit_all([Change({"alert_key": "a", "item_version": 2}, 5), both[1]])
    assert list(store.alerts(["a", "b"])) == ["a"]
    assert store.commit_all(both)
    assert {key: item["item_version"] for key, item in store.alerts(["a", "b"]).items()} == {"a": 2, "b": 1}


def test_a_notification_leaves_the_outbox_once(store):
    line = {
        "arrived_hour": "2026-11-25T18",
        "arrival": "1",
        "alert_key": "k",
        "notify_state": "pending",
        "pending": "1",
    }
    store.commit(Change({"alert_key": "k", "item_version": 1}, 0, [line]))
    waiting = list(store.query(store.tables.transitions, ("pending", "1"), index="outbox"))
    assert len(waiting) == 1
    assert store.mark_sent("2026-11-25T18", "1", "now")
    assert not store.mark_sent("2026-11-25T18", "1", "now")
    assert not list(store.query(store.tables.transitions, ("pending", "1"), index="outbox"))


def test_a_clock_goes_forward_only_and_members_add_up(store):
    assert store.advance("clock", "2026-11-25T18:00:00Z")
    assert not store.advance("clock", "2026-11-25T17:00:00Z")
    assert not store.advance("clock", "2026-11-25T18:00:00Z")
    store.remember("known", "MEX")
    store.remember("known", "GDL")
    assert store.states(["known"])["known"]["members"] == {"MEX", "GDL"}


def test_partitions_are_read_in_order_over_pages_and_between_two_ends(store):
    lines = [{"arrived_hour": "h", "arrival": f"{n:03d}", "alert_key": "k"} for n in range(95)]
    for start in range(0, 95, 19):
        store.commit(Change({"alert_key": f"k{start}", "item_version": 1}, 0, lines[start : start + 19]))
    table = store.tables.transitions
    assert [item["arrival"] for item in store.query(table, ("arrived_hour", "h"))] == [f"{n:03d}" for n in range(95)]
    between = ("arrival", "010", "012")
    assert [i["arrival"] for i in store.query(table, ("arrived_hour", "h"), between=between)] == ["010", "011", "012"]
    newest = next(store.query(table, ("arrived_hour", "h"), newest_first=True))
    assert newest["arrival"] == "094"


def test_more_keys_than_one_call_takes_are_all_read(store):
    store.put_newer([row(f"k{n}", 1) for n in range(230)])
    assert len(store.states([*(f"k{n}" for n in range(230)), "k1", "nowhere"])) == 230


def test_legs_of_an_aircraft_come_by_departure_and_without_those_that_left_it(store):
    def own(key, std_at, tail="X"):
        return row(key, 1, tail=tail, tail_day="X#d", std_at=std_at)

    store.put_newer([own("b", "2"), own("a", "1"), own("c", "3", tail="Y")])
    assert [leg["key"] for leg in store.legs_of_tail("X", "d")] == ["a", "b"]


def test_an_error_that_is_no_answer_is_raised():
    dynamo = FakeDynamo()
    store = AlertStore(dynamo, TABLES)
    dynamo.fails["put_item"] = [refused("ResourceNotFoundException")]
    with pytest.raises(Exception, match="ResourceNotFound"):
        store.put_newer([row("a", 1)])
    dynamo.fails["transact_write_items"] = [refused("TransactionCanceledException", ["None", "ValidationError"])]
    with pytest.raises(Exception, match="TransactionCanceled"):
        store.put_newer([row("a", 1), row("b", 1)])


def test_a_transaction_in_somebodys_way_is_done_one_by_one():
    dynamo = FakeDynamo()
    store = AlertStore(dynamo, TABLES)
    dynamo.fails["transact_write_items"] = [refused("TransactionCanceledException", ["TransactionConflict", "None"])]
    assert store.put_newer([row("a", 1), row("b", 1)]) == set()
    assert len(dynamo.rows("leg-state")) == 2


def test_values_come_back_as_they_were_and_none_is_left_out():
    values = {
        "s": "x",
        "i": 3,
        "f": 2.5,
        "b": True,
        "m": {"a": 1, "n": None},
        "l": ["a", 1],
        "set": {"p"},
        "none": None,
    }
    assert from_item(to_item(values)) == {
        "s": "x",
        "i": 3,
        "f": 2.5,
        "b": True,
        "m": {"a": 1},
        "l": ["a", 1],
        "set": {"p"},
    }
    assert to_item({"f": 50.0}) == {"f": {"N": "50"}}


def test_names_of_tables_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("AERO_LEG_STATE_TABLE", "aero-local-leg-state")
    monkeypatch.delenv("AERO_DECISIONS_TABLE", raising=False)
    tables = Tables.from_env()
    assert (tables.leg_state, tables.decisions) == ("aero-local-leg-state", "")
