"""Chips of the live board: the level of an alert that is open, and why; else the colour of the value alone."""

import re

from tests.dashboard.live_line import MemoryLine, html, open_board, words
from tests.unit.streaming.alert_samples import state


def amber_route():
    """A route whose alert fired at 75 %, amber from 80 % down, and ends at 84 %."""
    line = MemoryLine()
    line.send(state("route", arrived_legs=20, arr_late_15_legs=5))
    line.heartbeat("18:19")
    line.tick("18:20")
    assert line.memory.items["alerts"][(line.key("a14_route_day", "MEX-CUN"),)]["level"] == "amber"
    return line


def chip(line, **sums):
    """The route's chip after new sums at 18:21: what is drawn, and why."""
    line.send(state("route", version=2, received="18:21", **sums))
    drawn = html(open_board(line.live())).replace("&nbsp;", " ")
    [(reason, shown)] = re.findall(r'<span class="aero-mark" title="([^"]*)"[^>]*>([^<]*)</span></b> MEX-CUN', drawn)
    return shown, reason


def test_a_chip_that_is_green_by_its_value_stays_amber_while_its_alert_is_held_and_says_until_when():
    line = amber_route()
    shown, reason = chip(line, arrived_legs=40, arr_late_15_legs=7)
    assert shown == "▲ A"
    assert reason == (
        "▲ ámbar. La alerta sigue abierta hasta que el valor pase el límite de salida, 84.0 %, y se mantenga así 30 "
        "min. Con el valor actual por sí solo sería verde."
    )
    assert "● verde: 0" in words(open_board(line.live()))
    assert [light.status for light in line.live().alerts.lights("route", "2026-11-25")] == ["V"], (
        "a light has no memory"
    )


def test_a_chip_that_is_red_by_its_value_is_as_amber_as_its_alert_until_that_gets_worse():
    assert chip(amber_route(), arrived_legs=40, arr_late_15_legs=24) == (
        "▲ A", "▲ ámbar. Con el valor actual por sí solo sería rojo. La alerta cambia cuando esto dure 15 min."
    )  # fmt: skip


def test_a_chip_that_agrees_with_its_alert_has_nothing_to_explain():
    assert chip(amber_route(), arrived_legs=40, arr_late_15_legs=9) == ("▲ A", "▲ ámbar")


def test_a_chip_has_the_colour_of_its_value_again_when_its_alert_is_closed():
    line = amber_route()
    line.send(state("route", version=2, received="18:21", arrived_legs=40, arr_late_15_legs=2))
    line.heartbeat("18:52")
    line.tick("18:53")
    assert not line.live().alerts.open_alerts()
    assert "● verde: 1" in words(open_board(line.live()))


def test_nothing_is_held_where_nothing_is_heard():
    line = amber_route()
    line.tick("18:45")
    assert line.live().alerts.open_alerts()
    assert "○ gris · sin señal: 1" in words(open_board(line.live()))
