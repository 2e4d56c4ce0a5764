"""What surrounds a row: the hub's other quarters, the aircraft's other legs, baselines, possible parents.

Reads what is needed once per batch or tick, and turns rows into `Work` for the desk.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from aero_streaming import alert_conditions as conditions
from aero_streaming import alert_sums
from aero_streaming.alert_conditions import Row, is_accounted, key_of
from aero_streaming.alert_desk import Work
from aero_streaming.alert_items import Item
from aero_streaming.alert_model import Condition, changed
from aero_streaming.alert_records import leg_key, state_key
from aero_streaming.alert_store import AlertStore
from aero_streaming.baselines import Baselines, baseline_key
from aero_streaming.leg_times import believable
from aero_streaming.rule_model import Rule, RuleSet
from aero_streaming.times import business_date, minutes_between, parse, text

HUBS = "known#hub_quarter"
"""The item of leg-state that names the hubs which have quarters of an hour."""
PLANNED_AHEAD = timedelta(hours=6)
"""A flight further away than this is not looked at for its rotation when it is first planned."""


class Context:
    """Reads around rows; `rows` are those of the batch, which no index needs to have yet."""

    def __init__(
        self,
        store: AlertStore,
        baselines: Baselines,
        rules: RuleSet,
        now: datetime,
        arrived: datetime,
        hubs: Iterable[str],
        rows: Mapping[str, Row] | None = None,
        is_stale: bool = False,
    ) -> None:
        self._store, self._baselines, self.rules = store, baselines, rules
        self.now, self._arrived = now, arrived
        self.hubs = frozenset(hubs)
        self._rows = rows or {}
        self._is_stale = is_stale
        self._tails: dict[tuple[str, str], list[Item]] = {}
        self._quarters: dict[str, Item | None] = {}

    def read(self, keys: Iterable[str]) -> dict[str, Item]:
        """Return items of leg-state by key."""
        return self._store.states(keys)

    def prepare(self, states: Iterable[Row], hubs: Iterable[str]) -> None:
        """Read at once what the states and hubs of a batch will ask for; asked one by one it is most of the time."""
        pairs = [(rule, row) for row in states for rule in self.rules.live(row["scope_type"]) if rule.unit == "points"]
        self._baselines.find(
            (baseline_key(rule.kpi, rule.scope, row["scope_id"]) for rule, row in pairs), self._arrived
        )
        self._know_quarters(hubs, [rule for rule in self.rules.live("hub") if rule.is_rolling])

    # -- states

    def of_states(self, states: Iterable[Row]) -> list[Work]:
        """Return the work on sums of days; a removed state has nothing left to be judged by."""
        pairs = [
            (rule, state) for state in states for rule in self.rules.live(state["scope_type"]) if not rule.is_rolling
        ]
        wanted = {
            (rule.id, state["scope_id"]): baseline_key(rule.kpi, rule.scope, state["scope_id"])
            for rule, state in pairs
            if rule.unit == "points"
        }
        usual = self._baselines.find(wanted.values(), self._arrived) if wanted else {}
        works = []
        for rule, state in pairs:
            row = state if not state.get("is_deleted") else {**state, **alert_sums.NOTHING}
            baseline = usual.get(wanted.get((rule.id, state["scope_id"]), ""))
            found = alert_sums.of_state(self.rules, rule, row, self.now, baseline)
            works.append(self._work(rule, found, state["scope_id"].split("-")))
        return works

    def of_hubs(self, hubs: Iterable[str], only: Iterable[Rule] | None = None) -> list[Work]:
        """Return the work on the rolling windows of hubs, read from their quarters of an hour."""
        rules = [rule for rule in self.rules.live("hub") if rule.is_rolling] if only is None else list(only)
        wanted = sorted(set(hubs))
        self._know_quarters(wanted, rules)
        works = []
        for hub in wanted:
            for rule in rules:
                found = (self._quarters[key] for key in self._window(rule, hub))
                quarters = [row for row in found if row is not None]
                condition = alert_sums.of_window(self.rules, rule, hub, quarters, self.now)
                works.append(self._work(rule, condition, [hub]))
        return works

    def _window(self, rule: Rule, hub: str) -> list[str]:
        starts = alert_sums.window_quarters(rule, self.now)
        return [state_key("hub_quarter", hub, start[:10], start) for start in starts]

    def _know_quarters(self, hubs: Iterable[str], rules: Iterable[Rule]) -> None:
        keys = {key for hub in hubs for rule in rules for key in self._window(rule, hub)} - self._quarters.keys()
        if keys:
            self._quarters |= dict.fromkeys(keys) | self._store.states(keys)

    # -- legs

    def of_leg(self, leg: Row, before: Row | None, is_repeat: bool) -> list[Work]:
        """Return the work that a new version of a leg gives; `before` is the version known until now.

        A repeat is looked at from all sides, as if nothing had been known: the first time may have been cut short.
        """
        known = None if is_repeat else before
        works = []
        for rule in self.rules.live("leg"):
            if rule.kpi == "rotation":
                works += self._rotations(rule, leg, known, is_repeat)
            elif rule.kpi != "tarmac" or is_repeat or self._is_long_on_ground(rule, leg, known):
                works.append(self.about(rule, conditions.of_leg(self.rules, rule, leg, self.now), leg))
        for work in works:
            work.is_repeat = is_repeat
        return works

    def about(self, rule: Rule, condition: Condition, leg: Row) -> Work:
        """Return the work on one condition of a leg, with its possible parents."""
        work = self._work(rule, condition, [leg["origin"], leg.get("destination") or ""])
        value = condition.value
        if rule.has_root_leg and rule.kpi != "rotation" and value is not None and value >= rule.amber.enter:
            inbound = self.inbound(leg)
            minutes = self._turnaround()
            late = conditions.rotation_minutes(minutes, leg, inbound) if inbound else None
            if inbound and late is not None and late > 0:
                return self._with_roots(work, inbound)
        return work

    def rotation(self, rule: Rule, leg: Row) -> Work:
        """Return the work on the rotation of one leg."""
        gone = bool(leg.get("out_at")) or is_accounted(leg)
        inbound = None if gone else self.inbound(leg)
        condition = conditions.of_rotation(self.rules, rule, leg, inbound, self.now)
        work = self._work(rule, condition, [leg["origin"]])
        return self._with_roots(work, inbound) if inbound else work

    def inbound(self, leg: Row) -> Row | None:
        """Return the leg that brings the aircraft of a leg: the one before on its day, if it ends where this begins."""
        earlier = [
            one
            for one in self.legs_of_tail(leg.get("tail"), leg["operating_date"])
            if one["std_at"] < (leg.get("std_at") or "") and not one.get("is_cancelled") and not one.get("is_diverted")
        ]
        return earlier[-1] if earlier and earlier[-1].get("destination") == leg["origin"] else None

    def legs_of_tail(self, tail: str | None, day: str) -> list[Item]:
        """Return the legs of an aircraft's day, those of this batch included, by STD."""
        if not tail:
            return []
        if (tail, day) not in self._tails:
            found = {leg["leg_uid"]: leg for leg in self._store.legs_of_tail(tail, day)}
            for row in self._rows.values():
                if row.get("kind") == "leg" and row["operating_date"] == day:
                    found.pop(row["leg_uid"], None)
                    if row.get("tail") == tail and row.get("std_at"):
                        found[row["leg_uid"]] = dict(row)
            self._tails[tail, day] = sorted(found.values(), key=lambda leg: (leg["std_at"], leg["leg_uid"]))
        return self._tails[tail, day]

    def _rotations(self, rule: Rule, leg: Row, known: Row | None, is_repeat: bool) -> list[Work]:
        """The leg's own rotation where what decides it changed, and that of the legs which wait for its aircraft."""
        works = []
        own = ("tail", "std_at", "is_cancelled", "out_at")
        gone = bool(leg.get("out_at")) or is_accounted(leg)
        if known is not None:
            changed = any(known.get(name) != leg.get(name) for name in own)
        else:
            # Planned long ahead, nothing can be late yet; a leg first seen when it has left was never at risk.
            soon = bool(leg.get("std_at")) and parse(leg["std_at"]) - self.now < PLANNED_AHEAD
            changed = is_repeat or (soon and not gone)
        if changed:
            works.append(self.rotation(rule, leg))
        waiting = {(leg.get("tail"), leg["operating_date"])}
        outlook = _lateness(leg)
        before = _lateness(known) if known else None
        worst = max((late for late in (outlook, before) if late is not None), default=0)
        moved = known is not None and known.get("tail") != leg.get("tail")
        if moved and known is not None:
            waiting.add((known.get("tail"), known["operating_date"]))
        if is_repeat or moved or (worst >= rule.amber.enter and outlook != before):
            works += [self.rotation(rule, one) for tail, day in waiting for one in self._after(leg, tail, day)]
        return works

    def _after(self, leg: Row, tail: str | None, day: str) -> list[Item]:
        """The next leg of a tail after the STD of a leg that is still to leave."""
        later = [
            one
            for one in self.legs_of_tail(tail, day)
            if one["std_at"] > (leg.get("std_at") or "") and one["leg_uid"] != leg["leg_uid"]
        ]
        return later[:1]

    def _is_long_on_ground(self, rule: Rule, leg: Row, known: Row | None) -> bool:
        """Whether a tarmac alert may be there or come: before or now it is long since the aircraft stopped."""
        for row in (leg, known):
            ground = conditions.on_ground(self.rules, row) if row else None
            if ground and minutes_between(ground[1], text(self.now)) >= rule.amber.enter:
                return True
        return False

    def _turnaround(self) -> int:
        return max((rule.turnaround_minutes for rule in self.rules.rules), default=0)

    # -- parents

    def _with_roots(self, work: Work, inbound: Row) -> Work:
        roots = tuple(
            key_of(rule, inbound["leg_uid"], inbound["operating_date"])
            for rule in self.rules.live("leg")
            if rule.has_root_leg
        )
        work.conditions = [changed(one, parents=one.parents + roots) for one in work.conditions]
        return work

    def _work(self, rule: Rule, condition: Condition, airports: Iterable[str]) -> Work:
        parents = self._parents(rule, condition, [airport for airport in airports if airport in self.hubs])
        return Work(rule, condition.alert_key, [changed(condition, parents=parents, is_stale=self._is_stale)])

    def _parents(self, rule: Rule, condition: Condition, hubs: list[str]) -> tuple[str, ...]:
        keys = []
        for parent in filter(None, map(self.rules.by_id, rule.parents)):
            day = business_date(self.now, self.rules.close_hour_utc) if parent.is_rolling else condition.operating_date
            scopes = {"hub": hubs, "network": ["network"]}.get(parent.scope, [condition.scope_id])
            keys += [key_of(parent, scope, day) for scope in scopes]
        return tuple(keys)


def _lateness(leg: Row) -> int | None:
    """By how many minutes a leg is expected to arrive late; None where it will not arrive or nothing is known."""
    sta_at = believable(leg, "sta_at")
    if leg.get("is_cancelled") or leg.get("is_diverted") or not sta_at:
        return None
    expected = believable(leg, "in_at") or believable(leg, "estimated_in_at")
    return minutes_between(sta_at, expected) if expected else leg.get("expected_delay_minutes")


def row_key(scope_type: str, scope_id: str, operating_date: str) -> str | None:
    """Return the key in leg-state of what an alert speaks of; None where it is no single row."""
    if scope_type == "leg":
        return leg_key(scope_id)
    return None if scope_type in ("hub", "feed") else state_key(scope_type, scope_id, operating_date)
