"""The gateway: messages of all channels become the same events, wait for their schedule, and are never lost."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.zones import station_offset as offset_of
from aero_ingest.gateway import WAITS, Gateway, Knowledge
from aero_ingest.message_events import Returns
from aero_streaming.events import Problem, parse, to_facts, to_json
from aero_streaming.merge import merge
from aero_streaming.times import text as utc_text
from tests.unit.ingest.message_samples import FOLDER, REFERENCE, sample

SCHEDULE = (FOLDER / "sample_am_w26.ssim").read_text(encoding="ascii")
#: The same, of a sender who does not say when it was made.
NO_DATE = SCHEDULE.replace("20NOV26", " " * 7)
DAY = ["mvt_01_departure", "mvt_02_arrival", "mvt_03_correction", "ldm_01"]


class World:
    """An index that knows what schedule events said, a memory, and a topic."""

    def __init__(self):
        self.sent, self.held, self.remembered = [], {}, {}

    def gateway(self):
        return Gateway(self, self, self.sent.append, Knowledge({"AMX": "AM"}, {"RA": "93"}, offset_of))

    def legs(self, flight, first, last):
        planned = {event["leg_uid"]: event for event in self.sent if event["event_type"] == "schedule"}
        return [
            leg for leg in planned.values()
            if (leg["carrier"], leg["flight_number"]) == (flight.carrier, flight.number)
            and first.isoformat() <= leg["std_at"][:10] <= last.isoformat()
        ]  # fmt: skip

    def returns(self, uid):
        return self.remembered.get(uid, Returns())

    def keep_returns(self, uid, returns):
        self.remembered[uid] = returns

    def wait(self, waiting):
        self.held[waiting.identity] = waiting

    def waiting(self):
        return list(self.held.values())

    def done(self, waiting):
        del self.held[waiting.identity]

    def take(self, text, name="s3://raw/one", at=REFERENCE):
        return self.gateway().take(text.splitlines(keepends=True), at, name)

    def retry(self, now):
        gateway = self.gateway()
        tally = gateway.retry(now)
        gateway.settle(tally)
        return tally

    def merged(self, origin="MEX"):
        facts = to_facts(event for event in self.sent if event["flight_number"] == 905 and event["origin"] == origin)
        legs = {facts_of[0]["leg_uid"]: merge(facts_of, "first_out") for facts_of in facts.values()}
        [leg] = [leg for leg in legs.values() if leg["out_at"]]
        return leg


def test_a_schedule_tells_the_legs_of_the_days_around_its_arrival_and_its_records_are_all_counted():
    world = World()
    tally = world.take(SCHEDULE)
    assert (tally.messages, tally.accepted, tally.put_aside) == (6, 6, [])
    dates = sorted({event["operating_date"] for event in world.sent})
    assert (dates[0], dates[-1]) == ("2026-11-19", "2026-11-25")
    # 905, 906 and 179 every day, 21 on four days of the week.
    assert len(world.sent) == tally.events == 3 * 7 + 4
    assert not [event for event in world.sent if isinstance(parse(to_json(event)), Problem)]


def test_a_schedule_told_again_days_later_plans_the_days_since_and_says_nothing_new_of_the_others():
    for text in (SCHEDULE, NO_DATE):
        world = World()
        world.take(text)
        before = {event["event_id"] for event in world.sent}
        later = REFERENCE + timedelta(days=2)
        world.gateway().take(text.splitlines(keepends=True), later, "s3://raw/one", REFERENCE)
        new = {event["event_id"]: event["operating_date"] for event in world.sent if event["event_id"] not in before}
        assert set(new.values()) == {"2026-11-26", "2026-11-27"}


def test_a_message_that_waits_is_in_quarantine_by_the_identity_that_is_told_when_it_is_done():
    world = World()
    [held] = world.take(sample(DAY[0])).held
    assert (held.reason, held.text) == ("no_schedule", sample(DAY[0]).rstrip())
    assert list(world.held) == [held.identity]
    assert world.gateway().retry(REFERENCE).finished == []
    world.take(SCHEDULE)
    assert [message.identity for message in world.gateway().retry(REFERENCE).finished] == [held.identity]


def test_a_day_of_messages_becomes_the_leg_that_they_tell():
    world = World()
    world.take(SCHEDULE)
    tally = world.take("\n".join(sample(name) for name in DAY))
    assert (tally.messages, tally.accepted, tally.waiting) == (4, 4, 0)
    leg = world.merged()
    assert (leg["out_at"], leg["in_at"]) == ("2026-11-22T13:36:00Z", "2026-11-22T15:48:00Z")
    assert (leg["std_at"], leg["passengers"], leg["delay_codes"]) == ("2026-11-22T13:30:00Z", 165, "62:6")


@settings(deadline=None, max_examples=30)
@given(st.permutations([*DAY, "schedule", DAY[0], "schedule"]))
def test_schedule_and_messages_in_any_order_and_twice_end_in_the_same_leg(order):
    world, plain = World(), World()
    for number, name in enumerate(order):
        text = SCHEDULE if name == "schedule" else sample(name)
        world.take(text, f"s3://raw/{number}", REFERENCE + timedelta(minutes=number))
    world.retry(REFERENCE + timedelta(hours=1))
    plain.take(SCHEDULE)
    plain.take("\n".join(sample(name) for name in DAY))
    assert world.merged() == plain.merged()
    assert {event["event_id"] for event in world.sent} == {event["event_id"] for event in plain.sent}
    assert not world.held


def test_a_message_without_a_schedule_waits_once_and_goes_when_the_schedule_comes():
    world = World()
    for _ in range(2):
        assert world.take(sample("mvt_01_departure")).waiting == 1
    assert len(world.held) == 1
    assert world.retry(REFERENCE).waiting == 1
    world.take(SCHEDULE)
    tally = world.retry(REFERENCE + timedelta(minutes=5))
    assert (tally.accepted, tally.waiting, len(world.held)) == (1, 0, 0)
    [out] = [event for event in world.sent if event["event_type"] == "out"]
    assert out["received_at"] == utc_text(REFERENCE)


def test_a_schedule_is_known_to_the_gateway_that_told_it_before_the_index_has_it():
    world, slow = World(), World()
    gateway = Gateway(slow, world, world.sent.append, Knowledge(offset_of=offset_of))
    gateway.take(sample("mvt_01_departure").splitlines(keepends=True), REFERENCE, "s3://raw/one")
    gateway.take(SCHEDULE.splitlines(keepends=True), REFERENCE, "s3://raw/two")
    assert gateway.retry(REFERENCE).accepted == 1


def test_what_brokers_did_not_take_waits_on():
    world = World()
    world.take(sample("mvt_01_departure"))
    world.take(SCHEDULE)
    # An invocation that dies before its events are acknowledged never settles.
    assert world.gateway().retry(REFERENCE).accepted == 1
    assert len(world.held) == 1
    assert world.retry(REFERENCE).accepted == 1
    assert not world.held
    out = [event["event_id"] for event in world.sent if event["event_type"] == "out"]
    assert len(out) == 2
    assert len(set(out)) == 1


def test_what_has_waited_too_long_and_what_cannot_be_read_is_put_aside_with_its_text():
    world = World()
    world.take(sample("mvt_01_departure"))
    [late] = world.retry(REFERENCE + WAITS).put_aside
    assert (late.reason, late.text) == ("no_schedule", sample("mvt_01_departure").rstrip())
    tally = world.take("NOTHING OF THE KIND\n")
    assert [aside.reason for aside in tally.put_aside] == ["unreadable_message"]
    assert tally.put_aside[0].message.startswith("unknown_message: ")
    assert tally.messages == tally.accepted + tally.waiting + len(tally.put_aside)


def test_an_icao_carrier_and_letters_of_delay_codes_are_those_of_the_tables():
    world = World()
    world.take(SCHEDULE)
    text = sample("mvt_01_departure").replace("AM0905", "AMX905").replace("DL62", "DLRA")
    tally = world.take(text)
    assert tally.accepted == 1
    assert tally.findings == {"icao_carrier": 1, "letter_code": 1}
    [codes] = [event["delay_codes"] for event in world.sent if event["event_type"] == "delay_codes"]
    assert codes == "93:4"


def test_the_std_of_the_leg_dates_a_message_that_was_sent_late():
    world = World()
    world.take(SCHEDULE)
    late = sample("mvt_02_arrival").replace(".CUNKKAM 221550\n", "").replace("QU MEXOOAM\n", "")
    world.take(late, at=datetime(2026, 11, 25, 9, tzinfo=UTC))
    assert [event["in_at"] for event in world.sent if event["event_type"] == "in"] == ["2026-11-22T15:48:00Z"]


def test_a_message_that_says_what_cannot_be_true_is_put_aside_with_the_code_of_the_stream_and_the_rest_of_it_counts():
    world = World()
    world.take(SCHEDULE)
    diverted = sample("div_01").replace("MID", "QQX")
    assert "QQX" in diverted
    tally = world.take(diverted)
    assert [(aside.reason, aside.text) for aside in tally.put_aside] == [("unknown_airport", diverted.rstrip())]
    assert (tally.messages, tally.accepted, tally.waiting) == (1, 0, 0)
    assert tally.findings["unknown_airport"] == 1
    assert [event["event_type"] for event in world.sent if event["event_type"] != "schedule"] == ["load"]


def test_a_message_from_the_future_is_put_aside():
    world = World()
    world.take(SCHEDULE)
    early = REFERENCE - timedelta(hours=5)
    tally = world.take(sample("mvt_01_departure"), at=early)
    assert [aside.reason for aside in tally.put_aside] == ["stamp_ahead"]


def test_a_record_of_a_schedule_with_an_unknown_airport_is_put_aside_and_the_others_are_planned():
    world = World()
    tally = world.take(SCHEDULE.replace("TIJ", "QQX"))
    assert {aside.reason for aside in tally.put_aside} == {"unknown_airport"}
    assert tally.messages == tally.accepted + len(tally.put_aside)
    assert {event["flight_number"] for event in world.sent} == {905, 906, 21}
