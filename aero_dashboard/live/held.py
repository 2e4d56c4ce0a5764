"""Colours that agree with alerts: a chip with an open alert shows the level of the alert and the reason. Pure.

An alert has a memory (`exit_…` in `rules.toml`), a light has none: at 77.8 % an amber alert that was entered at 75 %
and ends at 78 % would stand beside a green chip. Only the board knows it; published days have no alerts to agree with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aero_dashboard.i18n import Translator
from aero_streaming.alerts.api import COLOURS, Light
from aero_streaming.alerts.model import UNKNOWN, Alert
from aero_streaming.alerts.words import WORDS, value_text
from aero_streaming.rules.model import Rule

#: From what a reading alone would say to what an alert may hold it at.
GRAVITY = ("gris", "V", "A", "R")


@dataclass(frozen=True)
class Chip(Light):
    """A light as the board shows it; `level` is that of its open alert, `alone` the colour by its value alone."""

    level: str | None = None
    alone: str = ""


def chips(lights: Sequence[Light], alerts: Iterable[Alert], is_silent: bool) -> tuple[Chip, ...]:
    """Return lights in the colours of their open alerts; where nothing is heard every light stays grey."""
    levels = (
        {}
        if is_silent
        else {alert.alert_key: alert.level for alert in alerts if alert.is_fired and alert.state != UNKNOWN}
    )
    return tuple(_chip(light, levels.get(light.alert_key)) for light in lights)


def _chip(light: Light, level: str | None) -> Chip:
    chip = Chip(**vars(light), level=level, alone=light.status)
    return replace(chip, status=COLOURS[level]) if level else chip


def why(rule: Rule | None, chip: Chip, t: Translator) -> str:
    """Return why a chip has another colour than its value; empty where it has not."""
    if rule is None or chip.level is None or chip.status == chip.alone:
        return ""
    is_worse = GRAVITY.index(chip.alone) > GRAVITY.index(chip.status)
    words = WORDS[t.language]
    return t(
        "live.alert_rises" if is_worse else "live.alert_holds",
        alone=t(f"light.{chip.alone}"),
        limit=value_text(rule, rule.limits[chip.level].exit, words),
        minutes=t.integer(rule.hold_minutes if is_worse else rule.clear_hold_minutes),
    )
