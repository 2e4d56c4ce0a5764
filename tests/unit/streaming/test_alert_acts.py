"""People and time: acknowledge, shelve, unshelve, escalation, the end of shelf and of day."""

from datetime import timedelta

import pytest

from aero_streaming.alerts.acts import NotPossible, acknowledge, mature, shelve, unshelve

from .alert_samples import DAY, Story, moment, rule

ROUTE, DELAY = rule("a14_route_day"), rule("long_delay_flight")


def test_acknowledging_stops_escalation_and_a_graver_level_needs_a_new_answer():
    story = (
        Story(DELAY).say("12:00", 130).say("12:05", 130).act(acknowledge, "Ana", "avisada la estación", moment("12:06"))
    )
    assert (story.state, story.alert.acknowledged_by, story.alert.note) == ("ACK", "Ana", "avisada la estación")
    story.wait("13:00")
    assert "ESCALATED" not in story.kinds()
    story.say("13:00", 250).say("13:05", 250)
    assert (story.state, story.alert.acknowledged_by, story.alert.level) == ("FIRING", None, "critical")
    assert story.heard() == ["FIRED", "LEVEL_UP"]


def test_escalation_goes_by_severity_from_when_it_was_raised_and_once_a_step():
    story = Story(DELAY).say("12:00", 250).say("12:05", 250)
    steps = []
    for clock in ("12:09", "12:10", "12:11", "12:20", "18:00"):
        before = len(story.told)
        story.wait(clock)
        steps.append([line.step for line in story.told[before:]])
    assert steps == [[], [1], [], [2], []]


def test_an_upgrade_starts_escalation_anew():
    story = Story(DELAY).say("12:00", 130).say("12:05", 130).wait("12:40")
    assert story.alert.escalations == 2
    story.say("12:40", 250).say("12:45", 250).wait("12:46")
    assert (story.alert.escalations, story.kinds()[-1]) == (0, "LEVEL_UP")


def test_a_shelved_alert_is_silent_and_comes_back_when_its_time_ends():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70)
    story.act(shelve, moment("14:00"), "Ana", "avión de reserva en camino", moment("12:10"))
    story.say("12:30", 130).say("12:35", 130).wait("13:59")
    assert (story.state, story.alert.level, story.heard()) == ("SHELVED", "red", ["FIRED"])
    story.wait("14:00")
    assert (story.state, story.heard()) == ("FIRING", ["FIRED", "UNSHELVED"])


def test_a_shelved_alert_that_clears_closes_without_a_word():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70)
    story.act(shelve, moment("14:00"), "Ana", "r", moment("12:10")).say("12:20", 5).say("12:30", 5)
    assert (story.state, story.heard()) == ("CLOSED", ["FIRED"])


def test_taking_an_alert_from_the_shelf_is_told():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70)
    story.act(shelve, moment("14:00"), "Ana", "r", moment("12:10")).act(unshelve, "Luis", moment("12:20"))
    assert (story.state, story.told[-1].by, story.told[-1].notify) == ("FIRING", "Luis", True)


def test_what_cannot_be_done_says_why():
    pending = Story(ROUTE).say("12:00", 50.0)
    with pytest.raises(NotPossible, match="not open; it is PENDING"):
        pending.act(acknowledge, "Ana", None, moment("12:01"))
    fired = Story(DELAY).say("12:00", 70).say("12:05", 70)
    with pytest.raises(NotPossible, match="ends before it begins"):
        fired.act(shelve, moment("12:00"), "Ana", "r", moment("12:10"))
    with pytest.raises(NotPossible, match="needs a reason"):
        fired.act(shelve, moment("13:00"), "Ana", " ", moment("12:10"))
    with pytest.raises(NotPossible, match="not on the shelf"):
        fired.act(unshelve, "Ana", moment("12:10"))


def test_at_close_what_is_open_ends_with_the_day_and_what_waits_is_forgotten():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70)
    next_day = moment("12:00", "2026-11-26")
    early, told = mature(DELAY, story.alert, next_day - timedelta(seconds=1), 12)
    assert early.state == "FIRING"
    after, told = mature(DELAY, early, next_day, 12)
    assert (after.state, after.close_reason, [line.kind for line in told]) == ("CLOSED", "FIN_DEL_DIA", ["CLOSED"])
    waiting = Story(ROUTE).say("12:00", 50.0).alert
    assert mature(ROUTE, waiting, next_day, 12)[0].state == "NORMAL"
    assert waiting.operating_date == DAY
