"""An update comes as a removal and a row: split over batches, swapped, or behind an event, it ends in the row."""

import pytest

from .alert_samples import Line, at, event, leg, state


@pytest.fixture
def line():
    return Line()


def removal(row):
    return {"before": row, "after": None, "op": "d"}


@pytest.mark.parametrize("again", [lambda row: row, removal], ids=["the same row", "half of its update"])
def test_a_leg_that_an_event_is_ahead_of_undoes_nothing_when_it_comes_again(line, again):
    planned = leg(1, version=1, received="11:00", last_event_at=at("11:00"))
    line.send(planned)
    line.send(event("cancel", 1, received="12:00"))
    line.send(again(planned))
    cancelled = {"is_cancelled": True, "cancelled_at": at("12:00"), "last_event_at": at("12:00")}
    line.send(leg(1, version=2, received="12:00", **cancelled))
    assert line.kinds("cancellation_flight") == ["FIRED"]
    assert len(line.told("cancellation_flight")) == 1


def test_an_update_split_or_swapped_into_removal_and_row_ends_in_the_row(line):
    old = state("route", version=4, arrived_legs=10, arr_late_15_legs=9, accounted_legs=40)
    new = state("route", version=5, arrived_legs=11, arr_late_15_legs=10, accounted_legs=40)
    for order in ([old, removal(old), new], [old, new, removal(old)]):
        alone = Line()
        for row in order:
            alone.send(row)
        (kept,) = [row for row in alone.dynamo.rows("leg-state") if row["key"].startswith("state#")]
        assert (kept["state_version"], kept.get("is_deleted")) == (5, None)
        assert alone.alert("a14_route_day", "MEX-CUN")["n"] == 11


def test_a_removal_that_is_the_last_word_of_its_key_takes_the_figures_away(line):
    line.send(state("route", version=4, arrived_legs=10, arr_late_15_legs=9, accounted_legs=40))
    line.send(removal(state("route", version=5)))
    (kept,) = [row for row in line.dynamo.rows("leg-state") if row["key"].startswith("state#")]
    assert kept["is_deleted"]
    assert line.alert("a14_route_day", "MEX-CUN")["state"] == "UNKNOWN"
    line.send(state("route", version=5, arrived_legs=10, arr_late_15_legs=9, accounted_legs=40))
    assert line.alert("a14_route_day", "MEX-CUN")["state"] == "FIRING"
