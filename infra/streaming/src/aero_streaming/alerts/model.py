"""The model of an alert: the condition that a rule is held against, the alert's own memory, and its transitions.

States. An alert is `PENDING` while its condition must still hold for a while, then fires. Of a fired one, in this
order: `SHELVED` (put aside by a person for a time), `UNKNOWN` (grey: too little or stale data), `SUPPRESSED` (a parent
is open), `CLEARING` (better, but not for long enough), `ACK` (somebody has it), `FIRING`. `CLOSED` has a reason.
`NORMAL` is one that never fired. PENDING and CLEARING are seen on the alert; the transition log tells what people act
upon.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

NORMAL, PENDING, FIRING, ACK = "NORMAL", "PENDING", "FIRING", "ACK"
CLEARING, CLOSED, SHELVED, SUPPRESSED, UNKNOWN = "CLEARING", "CLOSED", "SHELVED", "SUPPRESSED", "UNKNOWN"
OPEN_STATES = (FIRING, ACK, CLEARING, SHELVED, SUPPRESSED, UNKNOWN)

RESOLVED, CORRECTED, END_OF_DAY, NO_SAMPLE = "RESUELTA", "CORREGIDA", "FIN_DEL_DIA", "SIN_MUESTRA"
OVER = "CONCLUIDA"
"""Why an alert closed: it got better; what raised it was taken back; the day ended; nothing is left to judge it by; it
was so, and what it was about is over."""

#: Kinds of transitions. The first four are the ones that count as unrest.
FIRED, LEVEL_UP, LEVEL_DOWN, CLOSED_NOW = "FIRED", "LEVEL_UP", "LEVEL_DOWN", "CLOSED"
UNREST = (FIRED, LEVEL_UP, LEVEL_DOWN, CLOSED_NOW)
ENGINE = "aero"
"""Who changed an alert where no person did."""


Kept = TypeVar("Kept", "Condition", "Alert")


@dataclass(frozen=True)
class Condition:
    """The facts known now about one scope under one rule.

    `value` None with `is_grey` False means that there is nothing to judge any more (the leg left, the aircraft is on
    stand). `is_complete`: nothing more is to come, so enter limits alone decide. `is_stale`: the feed behind it is
    silent or far behind; what is open turns grey, while news, however late, still open what they must. `is_over`: what
    it is about has happened (the flight left), so an alert of its level ends now. `follows_leg`: what is left of its
    alert follows from the merged leg alone, so it ends as OVER or was never so. `gone`: legs of a chain that have left,
    of which nothing can get worse. `seen` names the record behind it.
    """

    alert_key: str
    rule_id: str
    scope_type: str
    scope_id: str
    operating_date: str
    value: float | None
    n: int = 1
    k: int | None = None
    baseline: float | None = None
    is_grey: bool = False
    is_stale: bool = False
    is_complete: bool = False
    is_past_close: bool = False
    is_over: bool = False
    follows_leg: bool = False
    gone: tuple[str, ...] = ()
    seen: str = ""
    corrections: int = 0
    last_event_at: str = ""
    parents: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Alert:
    """One alert as it is kept: the last reading, how it came here, what people did with it."""

    alert_key: str
    rule_id: str
    kpi: str
    scope_type: str
    scope_id: str
    operating_date: str
    state: str = NORMAL
    level: str | None = None
    severity: str | None = None
    is_shadow: bool = False
    is_leading: bool = False
    rules_version: int = 0
    value: float | None = None
    n: int = 0
    k: int | None = None
    limit: float | None = None
    baseline: float | None = None
    event_at: str = ""
    incident: int = 0
    since_at: str | None = None
    fired_at: str | None = None
    fired_on: str | None = None
    fired_corrections: int = 0
    fired_event_at: str = ""
    held_since: Mapping[str, str] = field(default_factory=dict)
    cleared_since: Mapping[str, str] = field(default_factory=dict)
    clearing_reason: str | None = None
    clearing_on: str | None = None
    grey_since_at: str | None = None
    raised_at: str | None = None
    closed_at: str | None = None
    last_closed_at: str | None = None
    close_reason: str | None = None
    undone_by: str | None = None
    notified_level: str | None = None
    acknowledged_at: str | None = None
    acknowledged_by: str | None = None
    note: str | None = None
    shelved_until_at: str | None = None
    shelved_by: str | None = None
    shelved_reason: str | None = None
    parent_key: str | None = None
    recent_at: tuple[str, ...] = ()
    is_unstable: bool = False
    escalations: int = 0
    revision: int = 0
    item_version: int = 0
    changed_by: str = ENGINE
    last_notification: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_fired(self) -> bool:
        """True if it is open to people: fired and not closed."""
        return self.state in OPEN_STATES

    @property
    def is_kept_in_view(self) -> bool:
        """True if time alone may change it: it is fired or waits to."""
        return self.is_fired or self.state == PENDING


@dataclass(frozen=True)
class Transition:
    """One line of the transition log, but for its arrival. `revision` counts the lines of an alert."""

    alert_key: str
    revision: int
    kind: str
    at: str
    state_before: str
    state_after: str
    level_before: str | None
    level_after: str | None
    notify: bool
    incident: int = 0
    severity: str | None = None
    value: float | None = None
    n: int = 0
    limit: float | None = None
    baseline: float | None = None
    by: str = ENGINE
    reason: str | None = None
    fired_on: str | None = None
    undone_by: str | None = None
    parent_key: str | None = None
    step: int | None = None
    until: str | None = None
    is_shadow: bool = False


def changed(original: Kept, **changes: Any) -> Kept:  # noqa: ANN401 - fields of one
    """Return a copy with other values, as `dataclasses.replace` does, for classes whose fields are their state.

    An alert has some fifty fields; going through its constructor for each change was most of an evaluation's time.
    """
    copy = object.__new__(type(original))
    copy.__dict__.update(original.__dict__, **changes)
    return copy


def alert_key(rule_id: str, scope_type: str, scope_id: str, operating_date: str) -> str:
    """Return the key that makes two readings one alert."""
    return f"{rule_id}#{scope_type}#{scope_id}#{operating_date}"


def scope_of(key: str) -> str:
    """Return the scope type that a key of an alert names."""
    return key.partition("#")[2].partition("#")[0]


def state_of(alert: Alert) -> str:
    """Return the state that an alert's memory amounts to; see the module for the order."""
    if alert.closed_at:
        return CLOSED
    if not alert.fired_at:
        return PENDING if alert.held_since else NORMAL
    for state, holds in (
        (SHELVED, alert.shelved_until_at),
        (UNKNOWN, alert.grey_since_at),
        (SUPPRESSED, alert.parent_key),
        (CLEARING, "amber" in alert.cleared_since),
        (ACK, alert.acknowledged_at),
    ):
        if holds:
            return state
    return FIRING
