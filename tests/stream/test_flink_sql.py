"""Flink's SQL says what Python says: of events with all their faults, of poison, and of the golden merge cases."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_assets.feeds import feeds
from aero_drills import recount
from aero_local import topics
from aero_streaming import events
from aero_streaming.events.types import TOPICS
from tests.golden import merge_cases, time_cases
from tests.golden.figures import GOLDEN
from tests.golden.odd_events import forged, odd_events, random_events
from tests.judging import judged
from tests.stream.flink_run import last_words, records, run_jobs
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.test_golden_figures import JUDGED, expected, seen_by_rules

ON = date(2026, 11, 22)
#: Read by a job of its own, whatever would be on other topics.
ODD = replace(TOPICS["leg-events"], name="odd-events", partitions=1)
FIGURES = replace(TOPICS["leg-events"], name="figures", partitions=1)
LEG_KEY, SCOPE_KEY = ("leg_uid",), ("scope_type", "scope_id", "operating_date", "quarter_at")
NOT_IN_ROW = ("attempt", "is_actual", "raw_ref")
POISON = {
    "unreadable_json": b"{not json",
    "empty": b"  ",
    "not_an_object": b"[1, 2]",
    "bad_encoding": b'{"a": "\xff"}',
    "too_large": b'{"a": "' + b"x" * 40_000 + b'"}',
    "repeated_field": b'{"event_type": "out", "event_type": "in"}',
}


def spoilt(event: dict) -> dict[str, bytes]:
    """One good event, wrong in one way each."""
    changes = {
        "missing_field": {"leg_uid": None},
        "unknown_schema_version": {"schema_version": 99},
        "unknown_event_type": {"event_type": "landed_on_moon"},
        "bad_value": {"flight_number": "12"},
        "not_flat": {"tail": {"a": 1}},
        "leg_uid_mismatch": {"flight_number": event["flight_number"] + 1},
        "same_airport": {"destination": event["origin"]},
        "unknown_source": {"source": "nobody"},
    }
    return {code: json.dumps(event | change).encode() for code, change in changes.items()}


def with_odd_time(number: int, event: dict) -> dict:
    """Every ninth movement happened at another time than its leg allows: by minutes, hours or days."""
    name = f"{event['event_type']}_at"
    if number % 9 or not event.get(name):
        return event
    minutes = (-45, 45, -300, 600, 3_000)[number // 9 % 5]
    moved = datetime.fromisoformat(event[name]) + timedelta(minutes=minutes)
    # An event that is impossible by itself is refused; this one is received after it happened.
    received_at = max(event["received_at"], f"{moved + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}")
    other = event | {name: f"{moved:%Y-%m-%dT%H:%M:%SZ}", "received_at": received_at}
    return other | {"event_id": events.event_id(other)}


@pytest.fixture(scope="module")
def said(kafka, tmp_path_factory):
    """A day of the synthetic airline with the faults of real senders, poison among it, and the golden facts."""
    folder = tmp_path_factory.mktemp("flink")
    day = day_events(Airline(seed=5), ON)
    legs = sorted({event["leg_uid"] for event in day})
    returned = {event["leg_uid"] for event in day if event["event_type"] in ("return_to_ramp", "air_return")}
    kept = returned | set(legs[::3])
    # Of some legs nothing but bookings and answers comes: they are none.
    heard_of = set(legs[1::30]) - kept
    day = [
        with_odd_time(number, event)
        for number, event in enumerate(day)
        if event["leg_uid"] in kept or (event["leg_uid"] in heard_of and events.topic_of(event) != "leg-events")
    ]
    out = next(event for event in day if event["event_type"] == "out")
    poison = [*(POISON | spoilt(out)).items()]
    no_clocks = (out | {"std_utc_offset_minutes": minutes} for minutes in (-735, -361, 855))
    poison += [("bad_value", json.dumps(event).encode()) for event in no_clocks]
    topics.ensure_topics(kafka, 1, [*TOPICS.values(), ODD, FIGURES])
    with topics.producer(kafka) as producer:
        for number, event in enumerate(day):
            producer.send(TOPICS[events.topic_of(event)], event)
            if number < len(poison):
                producer.send_text(TOPICS["leg-events"], "poison", poison[number][1])
        # Odd events have legs of their own; of random events the lake says which of them can be true.
        odd = [*((event, code) for _, event, code in odd_events()), *lake_verdicts(random_events(Random(7), 300))]
        odd += [(event, None) for event in ahead_of(datetime.now(UTC))]
        for event, _ in odd:
            producer.send(ODD, event)
        for golden in GOLDEN.values():
            for event in golden.events:
                producer.send(FIGURES, event)
    runs = [
        {"out": "day", "topics": ";".join(TOPICS)},
        {"out": "odd", "topics": ODD.name, "records": "leg,unreadable"},
        {"out": "by_wall", "topics": ODD.name, "records": "unreadable", "clock": "wall"},
        {"out": "figures", "topics": FIGURES.name, "records": "state"},
    ]
    for policy in ("first_out", "last_out"):
        file = folder / f"{policy}.json"
        file.write_text("".join(f"{json.dumps(row)}\n" for row in golden_rows(policy)))
        runs.append({"out": policy, "policy": policy, "facts": str(file), "records": "leg"})
    file = folder / "odd_times.json"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in golden_rows("first_out", time_cases())))
    runs.append({"out": "odd_times", "facts": str(file), "records": "leg"})
    plan = run_jobs(kafka, folder, [*runs, {"out": "plan", "explain": True, "topics": ";".join(TOPICS)}])
    return SimpleNamespace(kafka=kafka, day=day, poison=poison, returned=returned, plan=plan, odd=odd)


def ahead_of(now):
    """Two cancellations that say when they were received: in a few minutes, and in some hours."""
    for number, minutes in enumerate((5, 300), 1):
        at = f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
        stamps = {"event_time": at, "received_at": at, "version": 1}
        plan = {"operating_date": f"{now:%Y-%m-%d}", "std_at": None, "sta_at": None, "flight_number": 8_000 + number}
        yield forged("cancel", stamps | plan)


def lake_verdicts(sent):
    """Each event with the code that the typed step gives it as it arrives now."""
    for feed in (feed for feed in feeds() if feed.topic):
        ours = [event for event in sent if events.topic_of(event) == feed.topic]
        rows = judged(feed, wrapped(*ours, arrived_at=datetime.now(UTC)))
        yield from zip(ours, (row["reason"] for row in rows), strict=True)


def golden_rows(policy, cases=None):
    for number, case in enumerate(cases or merge_cases()):
        if case.departure_policy != policy:
            continue
        last = max(fact["attempt"] for fact in case.facts)
        for fact in case.facts:
            yield {
                **{
                    name: plain(value)
                    for name, value in fact.items()
                    if name not in ("attempt", "is_actual", "raw_ref")
                },
                "leg_uid": f"{number:032x}",
                "event_id": f"{number:04x}{fact['event_id'][4:]}",
                "event_type": "out" if fact["is_actual"] else "estimate",
                "event_time": f"2015-01-01 1{fact['attempt']}:00:00.000000",
            }
        for attempt in range(1, last):
            yield {
                "leg_uid": f"{number:032x}", "event_id": f"return{number}-{attempt}", "event_type": "air_return",
                "event_time": f"2015-01-01 1{attempt}:30:00.000000", "source": "acars", "version": 1,
                "received_at": "2015-01-01 00:00:00.000000",
            }  # fmt: skip


def plain(value):
    """Times as Flink's reader of records hands them on."""
    if isinstance(value, str) and len(value) > 19 and value[10] == "T" and value.endswith("Z"):
        whole, _, fraction = value[:-1].replace("T", " ").partition(".")
        return f"{whole}.{fraction:0<6}"
    return value


def test_mini_batches_end_by_the_clock_and_wait_for_no_watermark(said):
    assert "mode=[ProcTime]" in said.plan
    assert "mode=[RowTime]" not in said.plan


def test_every_scope_is_what_a_recount_of_its_events_says(said):
    expected = recount.scopes(recount.legs(said.day))
    states = last_words(records(said.kafka, "day-state"), SCOPE_KEY)
    for row in states.values():
        row["booked_revenue_cents"] = round(100 * row["booked_revenue_usd"])
        row["due_cancelled_legs"] = sum(row["cancelled_by_quarter"].values())
    assert expected.keys() <= states.keys()
    for key in states.keys() - expected.keys():
        assert states[key]["scheduled_legs"] == 0, key
    assert {key: {name: states[key][name] for name in sums} for key, sums in expected.items()} == expected


@pytest.mark.parametrize(("day", "kpi_id"), JUDGED)
def test_every_figure_of_the_golden_days_is_its_golden_answer(said, day, kpi_id):
    golden = GOLDEN[day]
    found = last_words(records(said.kafka, "figures-state"), SCOPE_KEY)["network", "network", golden.on, None]
    assert seen_by_rules(kpi_id, found, golden.as_of) == pytest.approx(expected(golden, kpi_id))


def test_every_leg_is_what_the_oracle_of_the_merge_says(said):
    expected = recount.legs(said.day)
    states = last_words(records(said.kafka, "day-leg"), LEG_KEY)
    assert {key[0] for key in states} == set(expected)
    assert {event["leg_uid"] for event in said.day} > set(expected), "no leg is known by its passengers alone"
    assert said.returned & set(expected), "no leg came back: attempts are not tested"
    for uid, leg in expected.items():
        row = states[(uid,)]
        assert {name: row[name] for name in leg if name in row and "revenue" not in name} == {
            name: value for name, value in leg.items() if name in row and "revenue" not in name
        }


def test_doubtful_times_are_named_on_the_leg_and_counted_in_its_scopes(said):
    expected = recount.legs(said.day)
    problems = {uid: leg["time_problem"] for uid, leg in expected.items() if leg["time_problem"]}
    states = last_words(records(said.kafka, "day-leg"), LEG_KEY)
    assert {uid: states[(uid,)]["time_problem"] for uid in problems} == problems
    assert len({code for problem in problems.values() for code in problem.split()}) >= 5
    counted = recount.scopes(expected)[("network", "network", f"{ON}", None)]["implausible_legs"]
    assert counted == len(problems)


def test_only_what_happens_to_the_flight_says_when_a_leg_was_last_heard_of(said):
    states = last_words(records(said.kafka, "day-leg"), LEG_KEY)
    last: dict[str, str] = {}
    # Of copies the first to arrive counts.
    for event in {event["event_id"]: event for event in reversed(said.day)}.values():
        if events.topic_of(event) == "leg-events":
            last[event["leg_uid"]] = max(last.get(event["leg_uid"], ""), event["received_at"])
    assert any(events.topic_of(event) == "feedback" for event in said.day), "nobody answered: nothing is tested"
    assert {uid: states[(uid,)]["last_received_at"] for uid in last} == last


def test_what_happened_to_a_flight_goes_straight_through_once(said):
    found = records(said.kafka, "day-event")
    expected = {
        event["event_id"]
        for event in said.day
        if event["event_type"] in ("cancel", "reinstate", "divert", "return_to_ramp", "air_return")
    }
    ids = [row["event_id"] for row in found]
    assert expected <= set(ids)
    assert len(ids) == len(set(ids))
    assert {row["crossed_minutes"] for row in found if row["event_type"] == "out"} <= {60, 120, 240}
    assert {row["event_type"] for row in found} - {"out", "estimate"} == {
        event["event_type"] for event in said.day if event["event_id"] in expected
    }


def test_every_event_is_in_the_merge_or_refused_as_the_lake_refuses_it_never_both_never_neither(said):
    refused = Counter((row["reason"], row["body"]) for row in records(said.kafka, "odd-unreadable"))
    assert refused == Counter((code, events.to_json(event).decode()) for event, code in said.odd if code)
    merged = {event["event_id"]: event["leg_uid"] for event, code in said.odd if code is None}
    named = {event["leg_uid"] for event, code in said.odd if code is None and events.topic_of(event) == "leg-events"}
    legs = last_words(records(said.kafka, "odd-leg"), LEG_KEY)
    counts = Counter(uid for uid in merged.values() if uid in named)
    assert {uid: row["events"] for (uid,), row in legs.items() if row["events"]} == counts


def test_by_the_wall_clock_the_job_refuses_what_is_ahead_of_it_as_the_lake_does(said, monkeypatch):
    monkeypatch.setenv("AERO_CLOCK", "wall")
    refused = Counter((row["reason"], row["body"]) for row in records(said.kafka, "by_wall-unreadable"))
    judged_now = [*lake_verdicts([event for event, _ in said.odd])]
    assert refused == Counter((code, events.to_json(event).decode()) for event, code in judged_now if code)
    soon, in_hours = (events.to_json(event).decode() for event, _ in said.odd[-2:])
    assert ("stamp_ahead", in_hours) in refused
    assert soon not in {body for _, body in refused}


def test_poison_is_told_with_the_reason_that_python_gives(said):
    for code, record in said.poison:
        problem = events.parse(record)
        assert isinstance(problem, events.Problem)
        assert problem.code == code
    found = [row["reason"] for row in records(said.kafka, "day-unreadable")]
    assert Counter(found) == Counter(code for code, _ in said.poison)


@pytest.mark.parametrize("policy", ["first_out", "last_out"])
def test_the_golden_cases_make_the_legs_that_they_expect(said, policy):
    states = last_words(records(said.kafka, f"{policy}-leg"), LEG_KEY)
    cases = [(number, case) for number, case in enumerate(merge_cases()) if case.departure_policy == policy]
    assert cases
    for number, case in cases:
        row = states[(f"{number:032x}",)]
        expected = {name: value for name, value in case.leg.items() if name != "leg_uid"}
        assert {name: row[name] for name in expected} == expected, case.name


def test_the_golden_cases_of_odd_times_leave_the_figures_that_they_expect(said):
    states = last_words(records(said.kafka, "odd_times-leg"), LEG_KEY)
    for number, case in enumerate(time_cases()):
        row = states[(f"{number:032x}",)]
        expected = {"time_problem": case.time_problem} | {
            name: case.figures[name] for name in case.figures if name in row
        }
        assert {name: row[name] for name in expected} == expected, case.name
