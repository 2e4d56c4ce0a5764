"""A recount of the stream's figures in plain Python over the leg merge: no SQL, no increments.

Events are merged to legs (`aero_streaming.merge`), and legs are added up to the sums of every scope. Tests and drills
compare Flink's records with it; the definitions are those of `fct_leg` and of the macro `leg_sums`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aero_streaming.events import Event, to_facts
from aero_streaming.merge import merge
from aero_streaming.rules.stations import hubs_and_stations

Leg = Mapping[str, Any]
Key = tuple[str, str, str, str | None]
"""scope_type, scope_id, operating_date, quarter_at"""
FIRST_WAVE_HOUR = 8


@dataclass(frozen=True)
class Share:
    """The contribution of one leg to one scope: whether its departure and its arrival count there."""

    key: Key
    departs: bool
    arrives: bool


def legs(events: Iterable[Event]) -> dict[str, Leg]:
    """Return the legs merged from events, by leg_uid, with delays as in `fct_leg`."""
    known = list(events)
    identity = {event["leg_uid"]: event for event in known}
    booked: dict[str, tuple[int, str, str, Event]] = {}
    answers: dict[str, dict[str, tuple[int, str, str, Event]]] = defaultdict(dict)
    for event in known:
        rank = (event["version"], event["received_at"], event["event_id"], event)
        if event["event_type"] == "booking":
            booked[event["leg_uid"]] = max(booked.get(event["leg_uid"], rank), rank, key=lambda ranked: ranked[:3])
        elif event["event_type"] == "feedback":
            of_leg = answers[event["leg_uid"]]
            of_leg[event["response_id"]] = max(
                of_leg.get(event["response_id"], rank), rank, key=lambda ranked: ranked[:3]
            )
    facts = to_facts(known)
    return {
        uid: _judged(
            identity[uid],
            merge(facts[uid]),
            booked[uid][3] if uid in booked else {},
            [rank[3] for rank in answers[uid].values()],
        )
        for uid in facts
    }


def scopes(legs: Mapping[str, Leg]) -> dict[Key, dict[str, Any]]:
    """Return the sums of every scope that a leg belongs to."""
    sums: dict[Key, dict[str, Any]] = {}
    for leg in legs.values():
        for share in shares(leg):
            total = sums.setdefault(share.key, defaultdict(int))
            for name, value in _measures(leg, share).items():
                total[name] += value
    return {key: dict(total) for key, total in sums.items()}


def shares(leg: Leg) -> Iterator[Share]:
    """Yield the scopes to which a leg belongs in its current state."""
    origin, destination, on = leg["origin"], leg["destination"], leg["operating_date"]
    std, sta = _moment(leg["std_at"]), _moment(leg["sta_at"])
    if destination:
        yield Share(("route", f"{origin}-{destination}", on, None), True, True)
    yield Share(("network", "network", on, None), True, True)
    if std and leg["std_utc_offset_minutes"] is not None:
        local = std + timedelta(minutes=leg["std_utc_offset_minutes"])
        if local.hour < FIRST_WAVE_HOUR:
            yield Share(("first_wave", "network", on, None), True, False)
    if origin in hubs_and_stations():
        yield Share(("hub", origin, on, None), True, False)
        if std:
            yield Share(_quarter(origin, std), True, False)
    if destination in hubs_and_stations():
        yield Share(("hub", destination, on, None), False, True)
        if sta:
            yield Share(_quarter(destination, sta), False, True)


def _quarter(airport: str, moment: datetime) -> Key:
    start = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return "hub_quarter", airport, f"{start.date()}", f"{start:%Y-%m-%dT%H:%M:00Z}"


def _measures(leg: Leg, share: Share) -> dict[str, Any]:
    dep = leg["departure_delay_minutes"] if share.departs else None
    arr = leg["arrival_delay_minutes"] if share.arrives else None
    return {
        "scheduled_legs": 1,
        "cancelled_legs": int(leg["cancelled"]),
        "due_cancelled_legs": int(leg["cancelled"]),  # of a day that is over
        "diverted_legs": int(leg["diverted"]),
        "operated_legs": int(leg["operated"]),
        "implausible_legs": int(leg["time_problem"] is not None),
        "accounted_legs": int(leg["cancelled"] or leg["diverted"] or leg["in_at"] is not None),
        "awaiting_departure_legs": int(share.departs and not leg["cancelled"] and not leg["operated"]),
        "awaiting_arrival_legs": int(share.arrives and _is_expected(leg)),
        "departed_legs": int(dep is not None),
        "dep_on_time_d0_legs": int(dep is not None and dep <= 0),
        "dep_late_15_legs": int(dep is not None and dep >= 15),
        "departure_delay_minutes": max(dep or 0, 0),
        "net_departure_delay_minutes": dep or 0,
        "dep_tracked_legs": int(leg["operated"] and dep is not None),
        "d0_on_time_legs": int(leg["operated"] and dep is not None and dep <= 0),
        "d15_on_time_legs": int(leg["operated"] and dep is not None and dep <= 14),
        "arrived_legs": int(arr is not None),
        "arr_tracked_legs": int(arr is not None or (share.arrives and leg["diverted"])),
        "a14_on_time_legs": int(arr is not None and arr <= 14),
        **{f"arr_late_{limit}_legs": int(arr is not None and arr >= limit) for limit in (15, 60, 120, 240)},
        "arrival_delay_minutes": max(arr or 0, 0),
        "net_arrival_delay_minutes": arr or 0,
        "booked_seats": leg["booked_seats"] or 0,
        "booked_revenue_cents": round(100 * (leg["booked_revenue_usd"] or 0)),
        "answers": leg["answers"],
        "promoters": leg["promoters"],
        "detractors": leg["detractors"],
        "satisfaction_sum": leg["satisfaction_sum"],
    }


def _is_expected(leg: Leg) -> bool:
    over = leg["cancelled"] or leg["diverted"]
    return not over and leg["on_at"] is None and leg["in_at"] is None


def _judged(identity: Event, leg: Leg, booking: Mapping[str, Any], answers: list[Event]) -> Leg:
    cancelled = bool(leg["is_cancelled"])
    diverted = bool(leg["is_diverted"]) and not cancelled
    movements = ("out_at", "last_out_at", "off_at", "on_at", "in_at")
    departed = bool(leg["is_diverted"]) or any(leg[name] is not None for name in movements)
    scores = [event["recommendation"] for event in answers]
    problem, known = believed(leg)
    std, sta, departure, arrived = known["std"], known["sta"], known["departure"], known["in"]
    return {
        **{name: identity[name] for name in ("carrier", "flight_number", "origin", "operating_date", "leg_sequence")},
        **leg,
        "cancelled": cancelled,
        "diverted": diverted,
        "operated": departed and not cancelled,
        "time_problem": problem,
        "departure_delay_minutes": minutes(std, departure),
        "arrival_delay_minutes": None if cancelled or diverted else minutes(sta, arrived),
        "booked_seats": booking.get("booked_seats"),
        "booked_revenue_usd": booking.get("booked_revenue_usd"),
        "answers": len(scores),
        "promoters": sum(score >= 9 for score in scores),
        "detractors": sum(score <= 6 for score in scores),
        "satisfaction_sum": sum(event["satisfaction"] for event in answers),
    }


def believed(leg: Leg) -> tuple[str | None, dict[str, str | None]]:
    """Return the rules that the times of a leg break, in words, and the times that remain in use.

    `leg_times` defines the same rules as data; they are written a second time here, so that a test can compare the two.
    """
    names = {name: f"{name}_at" for name in ("std", "sta", "off", "on", "in", "estimated_out", "estimated_in")}
    at = {name: leg[column] for name, column in names.items()} | {"out": leg["last_out_at"]}
    at["first_out"] = None if leg["out_at"] == leg["last_out_at"] else leg["out_at"]
    flew = not leg["is_cancelled"] and not leg["is_diverted"]
    problems: list[str] = []

    def miles_an_hour(earlier: str, later: str) -> float | None:
        flown, miles = minutes(at[earlier], at[later]), leg["distance_miles"]
        return None if flown is None or miles is None or flown < 1 else miles * 60 / flown

    def outside(earlier: str, later: str, least: float, most: float) -> bool:
        passed = minutes(at[earlier], at[later])
        return passed is not None and not least <= passed <= most

    def doubt(broken_rules: list[tuple[str, tuple[str, ...]]]) -> None:
        problems.extend(code for code, _ in broken_rules)
        at.update({name: None for _, doubted in broken_rules for name in doubted})

    def broken(code: str, doubted: tuple[str, ...], is_broken: bool) -> list[tuple[str, tuple[str, ...]]]:
        return [(code, doubted)] if is_broken else []

    plan, endless, fastest = ("std", "sta"), float("inf"), 800
    doubt(
        broken("schedule_backwards", plan, outside(*plan, 1, endless))
        + broken("schedule_too_long", plan, outside(*plan, -endless, 1200))
        + broken("schedule_too_fast", plan, (miles_an_hour(*plan) or 0) > fastest)
    )
    days = 3 * 1440
    departing = [("std", name) for name in ("first_out", "out", "off", "estimated_out")]
    arriving = [("sta", name) for name in ("on", "in", "estimated_in")] if flew else []
    doubt([
        (f"{name}_far_from_schedule", (name,))
        for planned, name in (*departing, *arriving)
        if outside(planned, name, -days - 720 * (name == "on"), days + 720 * (name == "off"))
    ])  # fmt: skip
    order = ("first_out", "out", "off", "on", "in")
    contradictions = []
    for place, earlier in enumerate(order):
        for later in order[place + 1 :]:
            least = 1 if earlier in ("out", "off") and later in ("on", "in") else 0
            contradictions += broken(
                f"{later}_before_{earlier}", (earlier, later), outside(earlier, later, least, endless)
            )
    contradictions += broken("taxi_out_too_long", ("out", "off"), outside("out", "off", -endless, 720))
    if flew:
        for name, pair, most in (
            ("air", ("off", "on"), 1200),
            ("taxi_in", ("on", "in"), 720),
            ("block", ("out", "in"), 1440),
        ):
            contradictions += broken(f"{name}_too_long", pair, outside(*pair, -endless, most))
        for name, pair in (("air", ("off", "on")), ("block", ("out", "in"))):
            contradictions += broken(f"{name}_too_fast", pair, (miles_an_hour(*pair) or 0) > fastest)
    doubt(contradictions)
    at["departure"] = at["out"] if leg["out_at"] == leg["last_out_at"] else at["first_out"]
    return " ".join(problems) or None, at


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def minutes(earlier: str | None, later: str | None) -> int | None:
    """Elapsed whole minutes, rounded down: 14:59 late is 14."""
    begin, end = _moment(earlier), _moment(later)
    return None if begin is None or end is None else (end - begin) // timedelta(minutes=1)
