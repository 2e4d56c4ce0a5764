"""An alert while it changes: collects its new state and its transitions, and decides who is notified.

What belongs here: the book-keeping that evaluation and people's acts share.
"""

from datetime import datetime
from typing import Any

from aero_streaming.alerts.model import CLOSED_NOW, ENGINE, UNREST, Alert, Transition, changed, state_of
from aero_streaming.rules.model import Rule, rank
from aero_streaming.times import minutes_since, text

UNREST_MINUTES = 60
MOST_UNREST = 3
"""More transitions than this within that time make an alert unstable."""


class Draft:
    """One alert on its way from one stored form to the next."""

    def __init__(self, rule: Rule, alert: Alert, now: datetime, by: str = ENGINE) -> None:
        self.rule, self.alert, self.now, self.by = rule, alert, now, by
        self.transitions: list[Transition] = []

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Alert
        """Change the alert; its state follows from its memory."""
        alert = changed(self.alert, **changes)
        state = state_of(alert)
        self.alert = alert if state == alert.state else changed(alert, state=state)

    def tell(self, kind: str, notify: bool = False, step: int | None = None, **changes: Any) -> None:  # noqa: ANN401
        """Change the alert and log it. A notification goes out only where nothing silences the alert."""
        before = self.alert
        self.set(**changes)
        if kind in UNREST:
            self._count_unrest()
        heard = notify and not self._is_silenced()
        self.set(
            revision=before.revision + 1,
            changed_by=self.by,
            notified_level=self.alert.level if heard else self.alert.notified_level,
        )
        self._log(kind, before, heard, step)
        if self.alert.is_unstable and not before.is_unstable:
            # The one message that says: from here on this alert is silent until it is calm.
            unrest = self.alert
            self.set(revision=unrest.revision + 1)
            self._log("UNSTABLE", unrest, not self._is_hidden(), None)

    def close(self, reason: str, undone_by: str | None = None) -> None:
        """Close the alert with its reason."""
        self.tell(
            CLOSED_NOW,
            closed_at=text(self.now),
            last_closed_at=text(self.now),
            close_reason=reason,
            undone_by=undone_by,
            held_since={},
            cleared_since={},
            grey_since_at=None,
            parent_key=None,
            shelved_until_at=None,
        )

    def is_worth_telling(self) -> bool:
        """Tell whether the level is graver than what was last notified."""
        return rank(self.alert.level) > rank(self.alert.notified_level)

    def calm(self) -> None:
        """Forget unrest that is over, and lift the mute it brought."""
        recent = self._recent()
        if self.alert.is_unstable and not recent:
            self.tell("CALM", is_unstable=False, recent_at=())

    def _recent(self) -> tuple[str, ...]:
        return tuple(at for at in self.alert.recent_at if minutes_since(at, self.now) < UNREST_MINUTES)

    def _count_unrest(self) -> None:
        recent = (*self._recent(), text(self.now))
        unstable = self.alert.is_unstable or len(recent) > MOST_UNREST
        # Only so many are needed to see unrest, and items stay small.
        self.set(recent_at=recent[-(MOST_UNREST + 1) :], is_unstable=unstable)

    def _is_hidden(self) -> bool:
        alert = self.alert
        return bool(alert.is_shadow or alert.shelved_until_at or alert.parent_key or alert.grey_since_at)

    def _is_silenced(self) -> bool:
        return self.alert.is_unstable or self._is_hidden()

    def _log(self, kind: str, before: Alert, notify: bool, step: int | None) -> None:
        after = self.alert
        self.transitions.append(
            Transition(
                alert_key=after.alert_key,
                revision=after.revision,
                kind=kind,
                at=text(self.now),
                state_before=before.state,
                state_after=after.state,
                level_before=before.level if before.fired_at and not before.closed_at else None,
                level_after=after.level,
                notify=notify,
                incident=after.incident,
                severity=after.severity,
                value=after.value,
                n=after.n,
                limit=after.limit,
                baseline=after.baseline,
                by=self.by,
                reason=after.close_reason if kind == CLOSED_NOW else None,
                fired_on=after.fired_on,
                undone_by=after.undone_by if kind == CLOSED_NOW else None,
                parent_key=after.parent_key,
                step=step,
                until=after.shelved_until_at,
                is_shadow=after.is_shadow,
            )
        )
