"""The surroundings of a row: the hub's other quarters, the aircraft's other legs, baselines, possible parents.

Reads what is needed once per batch or tick, and turns rows into `Work` for the desk.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from aero_streaming.alerts import conditions
from aero_streaming.alerts import flood as alert_flood
from aero_streaming.alerts import rotation as alert_rotation
from aero_streaming.alerts import sums as alert_sums
from aero_streaming.alerts.baselines import Baselines, baseline_key
from aero_streaming.alerts.conditions import Row, is_accounted, key_of
from aero_streaming.alerts.desk import Work
from aero_streaming.alerts.items import Item
from aero_streaming.alerts.model import Alert, Condition, changed
from aero_streaming.alerts.pulse import SOURCE, Pulse
from aero_streaming.alerts.records import leg_key, state_key
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.told import Told
from aero_streaming.merge.leg_times import believable
from aero_streaming.rules import stations
from aero_streaming.rules.model import Rule, RuleSet
from aero_streaming.times import business_date, minutes_between, parse, text

HUBS = "known#hub_quarter"
"""The item of leg-state that names the hubs which have quarters of an hour."""
AHEAD_MINUTES = 105
"""Where the last of eight quarters of an hour begins, of which the first is the one that is."""
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
        feed: Pulse | None = None,
    ) -> None:
        self._store, self._baselines, self.rules = store, baselines, rules
        self.now, self._arrived = now, arrived
        self.hubs = frozenset(hubs)
        self._rows = rows or {}
        # Timers stand still at what was heard: a feed that is behind makes nobody wait.
        self.seen_at = feed.seen_at if feed else now
        self._is_stale = feed.is_stale(rules) if feed else False
        self._tails: dict[tuple[str, str], list[Item]] = {}
        self._quarters: dict[str, alert_sums.Quarter | None] = {}
        self.told = Told(store.states)

    def read(self, keys: Iterable[str]) -> dict[str, Item]:
        """Return items of leg-state by key."""
        return self._store.states(keys)

    def prepare(self, states: Iterable[Row], hubs: Iterable[str]) -> None:
        """Read at once what the states and hubs of a batch will ask for; asked one by one it is most of the time."""
        pairs = [(rule, row) for row in states for rule in self.rules.live(row["scope_type"]) if rule.unit == "points"]
        self._baselines.find(
            (baseline_key(rule.kpi, rule.scope, row["scope_id"]) for rule, row in pairs), self._arrived
        )
        self._know_quarters(stations.hubs() & set(hubs), self._of_windows())

    def of_feed(self, feed: Pulse, planned: int | None) -> list[Work]:
        """Return the work on the silence of the feed, in which so many flights were planned."""
        matched = [
            (rule, conditions.of_feed(self.rules, rule, SOURCE, feed, planned)) for rule in self.rules.live("feed")
        ]
        return [Work(rule, condition.alert_key, [condition]) for rule, condition in matched]

    # -- states

    def of_states(self, states: Iterable[Row]) -> list[Work]:
        """Return the work on sums of days; a removed state has nothing left to be judged by."""
        pairs = [
            (rule, state) for state in states for rule in self.rules.live(state["scope_type"]) if not rule.is_rolling
        ]
        baseline_keys = {
            (rule.id, state["scope_id"]): baseline_key(rule.kpi, rule.scope, state["scope_id"])
            for rule, state in pairs
            if rule.unit == "points"
        }
        usual = self._baselines.find(baseline_keys.values(), self._arrived) if baseline_keys else {}
        works = []
        for rule, state in pairs:
            row = state if not state.get("is_deleted") else {**state, **alert_sums.NOTHING}
            baseline = usual.get(baseline_keys.get((rule.id, state["scope_id"]), ""))
            condition = alert_sums.of_state(self.rules, rule, row, self.now, baseline, self.seen_at)
            works.append(self._work(rule, condition, state["scope_id"].split("-")))
        return works

    def of_hubs(self, airports: Iterable[str], with_stations: bool = False) -> list[Work]:
        """Return the work on the rolling windows of hubs, read from their quarters of an hour.

        Stations have windows too, for who looks at their colours; nobody is alerted of them.
        """
        rules = self._of_windows()
        hubs = sorted(airport for airport in set(airports) if with_stations or airport in stations.hubs())
        self._know_quarters(hubs, rules)
        works = []
        for hub in hubs:
            leaving = sum(quarter.row.get("awaiting_departure_legs") or 0 for quarter in self._known(self._ahead(hub)))
            for rule in rules:
                quarters = self._known(self._window(rule, hub))
                condition = alert_sums.of_window(self.rules, rule, hub, quarters, self.now, leaving)
                works.append(self._work(rule, condition, [hub]))
        return works

    def _of_windows(self) -> list[Rule]:
        return [rule for rule in self.rules.live("hub") if rule.is_rolling and not rule.counts_alerts]

    def of_floods(self, open_alerts: Collection[tuple[Alert, Row]]) -> list[Work]:
        """Return the work on the open alerts at each hub, given with the rows of their flights."""
        return [
            self._work(rule, alert_flood.of_hub(self.rules, rule, hub, open_alerts, self.now), [hub])
            for rule in self.rules.live("hub")
            if rule.counts_alerts
            for hub in sorted(self.hubs & stations.hubs())
        ]

    def _window(self, rule: Rule, hub: str) -> tuple[str, ...]:
        return _quarter_keys(hub, rule.window, rule.ahead_minutes, alert_sums.quarter(self.seen_at))

    def _ahead(self, hub: str) -> tuple[str, ...]:
        """This quarter of an hour and the seven after it."""
        return _quarter_keys(hub, "2h", AHEAD_MINUTES, alert_sums.quarter(self.now))

    def _known(self, keys: Iterable[str]) -> list[alert_sums.Quarter]:
        return [quarter for quarter in (self._quarters[key] for key in keys) if quarter is not None]

    def _know_quarters(self, hubs: Collection[str], rules: Iterable[Rule]) -> None:
        in_windows = {key for hub in hubs for rule in rules for key in self._window(rule, hub)}
        keys = in_windows.union(*(self._ahead(hub) for hub in hubs)) - self._quarters.keys()
        if keys:
            states = self._store.states(keys)
            self._quarters |= {
                key: alert_sums.quarter_of(row, self.seen_at, self.told.of_hub(row))
                if (row := states.get(key))
                else None
                for key in keys
            }

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
            elif rule.kpi != "tarmac" or (
                self.told.ends(leg) and (is_repeat or self._is_long_on_ground(rule, leg, known))
            ):
                works.append(self.about(rule, conditions.of_leg(self.rules, rule, leg, self.now, self.seen_at), leg))
        for work in works:
            work.is_repeat = is_repeat
        return works

    def about(self, rule: Rule, condition: Condition, leg: Row) -> Work:
        """Return the work on one condition of a leg, with its possible parents."""
        work = self._work(rule, condition, [leg["origin"], leg.get("destination") or ""])
        value = condition.value
        if rule.has_root_leg and value is not None and value >= rule.amber.enter:
            chain = alert_rotation.links(self.rules, self.legs_of_tail(leg.get("tail"), leg["operating_date"]))
            link = next((candidate for candidate in chain if candidate.leg["leg_uid"] == leg["leg_uid"]), None)
            if link is not None and link.is_late:
                return self._with_parents(work, self._keys_of_root(link.root))
        return work

    def rotations(self, rule: Rule, tail: str | None, day: str, also: Row | None = None) -> list[Work]:
        """Return the work on every leg of a tail's day as the root of a chain; `also` names one that left the tail.

        Every leg, for which of them is the root may just have changed: what is open on another one must end.
        """
        legs = self.legs_of_tail(tail, day)
        chain = alert_rotation.links(self.rules, legs)
        roots = {leg["leg_uid"]: leg for leg in ([also] if also else []) + legs}
        works = []
        for root in roots.values():
            condition = alert_rotation.of_chain(self.rules, rule, root, legs, chain, self.now)
            work = self._work(rule, condition, [root["origin"], root.get("destination") or ""])
            own = tuple(key for key in self._keys_of_root(root) if key != work.key)
            works.append(self._with_parents(work, own))
        return works

    def legs_of_tail(self, tail: str | None, day: str) -> list[Item]:
        """Return the legs of an aircraft's day, those of this batch included, by STD."""
        if not tail:
            return []
        if (tail, day) not in self._tails:
            by_uid = {leg["leg_uid"]: leg for leg in self._store.legs_of_tail(tail, day)}
            for row in self._rows.values():
                if row.get("kind") == "leg" and row["operating_date"] == day:
                    by_uid.pop(row["leg_uid"], None)
                    if row.get("tail") == tail and row.get("std_at"):
                        by_uid[row["leg_uid"]] = dict(row)
            self._tails[tail, day] = sorted(by_uid.values(), key=lambda leg: (leg["std_at"], leg["leg_uid"]))
        return self._tails[tail, day]

    def _rotations(self, rule: Rule, leg: Row, known: Row | None, is_repeat: bool) -> list[Work]:
        """The chains of the leg's aircraft, where what decides them changed; of its aircraft before too."""
        own = ("tail", "std_at", "is_cancelled", "out_at")
        gone = conditions.has_left(leg) or is_accounted(leg)
        if known is not None:
            is_other = any(known.get(name) != leg.get(name) for name in own)
        else:
            # Planned long ahead, nothing can be late yet; a leg first seen when it has left was never at risk.
            soon = bool(leg.get("std_at")) and parse(leg["std_at"]) - self.now < PLANNED_AHEAD
            is_other = is_repeat or (soon and not gone)
        outlook = _lateness(leg)
        before = _lateness(known) if known else None
        worst = max((late for late in (outlook, before) if late is not None), default=0)
        if not is_other and not (worst >= rule.amber.enter and outlook != before):
            return []
        works = self.rotations(rule, leg.get("tail"), leg["operating_date"], leg)
        if known is not None and known.get("tail") not in (None, leg.get("tail")):
            works += self.rotations(rule, known["tail"], known["operating_date"])
        return works

    def _is_long_on_ground(self, rule: Rule, leg: Row, known: Row | None) -> bool:
        """Return True if a tarmac alert may exist or come: before or now the aircraft has stood for long."""
        for row in (leg, known):
            ground = conditions.on_ground(self.rules, row) if row else None
            if ground and minutes_between(ground[1], text(self.seen_at)) >= rule.amber.enter:
                return True
        return False

    # -- parents

    def _keys_of_root(self, root: Row) -> tuple[str, ...]:
        """The alerts that a chain may begin with: those of its root leg."""
        return tuple(
            key_of(rule, root["leg_uid"], root["operating_date"])
            for rule in self.rules.live("leg")
            if rule.has_root_leg
        )

    def _with_parents(self, work: Work, keys: tuple[str, ...]) -> Work:
        work.conditions = [changed(condition, parents=condition.parents + keys) for condition in work.conditions]
        return work

    def _work(self, rule: Rule, condition: Condition, airports: Iterable[str]) -> Work:
        parents = self._parents(
            rule, condition, [airport for airport in airports if airport in self.hubs and airport in stations.hubs()]
        )
        silence = tuple(
            key_of(feed, SOURCE, business_date(self.now, self.rules.close_hour_utc)) for feed in self.rules.live("feed")
        )
        return Work(rule, condition.alert_key, [changed(condition, parents=silence + parents, is_stale=self._is_stale)])

    def _parents(self, rule: Rule, condition: Condition, hubs: list[str]) -> tuple[str, ...]:
        keys = []
        for parent in filter(None, map(self.rules.by_id, rule.parents)):
            day = business_date(self.now, self.rules.close_hour_utc) if parent.is_rolling else condition.operating_date
            scopes = {"hub": hubs, "network": ["network"]}.get(parent.scope, [condition.scope_id])
            keys += [key_of(parent, scope, day) for scope in scopes]
        return tuple(keys)


@lru_cache(4096)
def _quarter_keys(hub: str, window: str, ahead_minutes: int, quarter_at: datetime) -> tuple[str, ...]:
    """The keys of a hub's window: the same for every record and tick of a quarter of an hour."""
    starts = alert_sums.window_quarters(window, ahead_minutes, quarter_at)
    return tuple(state_key("hub_quarter", hub, start[:10], start) for start in starts)


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
