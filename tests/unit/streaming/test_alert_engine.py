"""The engine: holds, hysteresis, dedup, cool-down, unrest, parents, grey, and what a correction does."""

from aero_streaming.alerts.engine import evaluate

from .alert_samples import Story, at, condition, moment, rule

ROUTE, DELAY, HUB = rule("a14_route_day"), rule("long_delay_flight"), rule("a14_hub_2h")


def test_a_quiet_condition_leaves_nothing():
    assert evaluate(ROUTE, condition(ROUTE, 90.0, k=90), None, moment("12:00")) == (None, [])


def test_an_alert_waits_for_its_hold_in_event_time_and_then_fires_once():
    story = Story(ROUTE).say("12:00", 50.0)
    assert (story.state, story.alert.level, story.told) == ("PENDING", "red", [])
    story.say("12:14", 50.0)
    assert story.state == "PENDING"
    story.say("12:15", 50.0)
    assert (story.state, story.alert.since_at, story.alert.fired_at) == ("FIRING", at("12:00"), at("12:15"))
    assert (story.alert.value, story.alert.limit, story.alert.n, story.alert.severity) == (50.0, 65.0, 100, "medium")
    story.say("12:30", 50.0).say("13:00", 50.0)
    assert story.heard() == ["FIRED"]


def test_a_condition_that_does_not_hold_long_enough_never_fires():
    story = Story(ROUTE).say("12:00", 50.0).say("12:10", 90.0).say("12:20", 50.0).say("12:30", 50.0)
    assert (story.state, story.told) == ("PENDING", [])
    assert story.say("12:35", 50.0).state == "FIRING"


def test_the_level_that_has_held_long_enough_fires_and_the_graver_one_follows():
    story = Story(ROUTE).say("12:00", 75.0).say("12:10", 50.0).say("12:15", 50.0)
    assert (story.alert.level, story.state) == ("amber", "FIRING")
    story.say("12:25", 50.0)
    assert story.alert.level == "red"
    assert story.heard() == ["FIRED", "LEVEL_UP"]


def test_the_same_record_again_changes_nothing():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0)
    before = story.alert
    assert evaluate(
        ROUTE, condition(ROUTE, 50.0, k=50, seen="at 12:15", last_event_at=at("12:15")), before, moment("12:15")
    ) == (before, [])


def test_hysteresis_keeps_the_level_between_enter_and_exit():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0).say("12:20", 71.0).say("14:00", 71.0)
    assert (story.alert.level, story.state, story.alert.value) == ("red", "FIRING", 71.0)


def test_a_level_is_left_after_twice_the_hold_and_a_downgrade_is_not_told():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0).say("12:20", 75.0).say("12:49", 75.0)
    assert story.alert.level == "red"
    story.say("12:50", 75.0)
    assert (story.alert.level, story.alert.limit, story.state) == ("amber", 80.0, "FIRING")
    assert story.kinds() == ["FIRED", "LEVEL_DOWN"]
    assert story.heard() == ["FIRED"]


def test_an_alert_clears_only_when_it_was_better_for_the_whole_clear_hold():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0).say("12:20", 90.0)
    assert story.state == "CLEARING"
    story.say("12:40", 60.0)
    assert story.state == "FIRING"
    story.say("12:45", 90.0).say("13:14", 90.0)
    assert story.state == "CLEARING"
    story.say("13:15", 90.0)
    assert (story.state, story.alert.close_reason, story.alert.undone_by) == ("CLOSED", "RESUELTA", None)


def test_an_upgrade_after_a_downgrade_is_told_again():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0).say("12:20", 75.0).say("12:50", 75.0)
    story.say("14:00", 50.0).say("14:15", 50.0)
    assert story.heard() == ["FIRED", "LEVEL_UP"]


def test_inside_the_cool_down_a_second_alert_is_not_told_unless_it_is_graver():
    quiet = Story(DELAY).say("12:00", 70).say("12:05", 70).say("12:06", 10).say("12:16", 10)
    assert quiet.state == "CLOSED"
    quiet.say("12:20", 70).say("12:25", 70)
    assert (quiet.state, quiet.alert.incident, quiet.heard()) == ("FIRING", 2, ["FIRED"])
    grave = Story(DELAY).say("12:00", 70).say("12:05", 70).say("12:06", 10).say("12:16", 10)
    assert grave.say("12:20", 130).say("12:25", 130).heard() == ["FIRED", "FIRED"]


def test_after_the_cool_down_it_is_told_again():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70).say("12:06", 10).say("12:16", 10)
    assert story.say("13:16", 70).say("13:21", 70).heard() == ["FIRED", "FIRED"]


def test_more_than_three_transitions_in_an_hour_are_one_unstable_alert_and_then_silence():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70).say("12:06", 10, corrections=1)
    story.say("12:14", 70).say("12:19", 70).say("12:20", 10, corrections=2)
    assert story.kinds().count("UNSTABLE") == 1
    assert story.heard()[-1] == "UNSTABLE"
    assert story.alert.is_unstable
    after = len(story.heard())
    story.say("12:45", 300).say("12:50", 300)
    assert story.state == "FIRING"
    assert len(story.heard()) == after
    story.wait("13:49")
    assert story.alert.is_unstable
    assert len(story.heard()) == after
    story.wait("13:50")
    assert not story.alert.is_unstable
    assert story.kinds()[-1] == "CALM"


def test_too_small_a_sample_turns_an_open_alert_grey_and_never_opens_one():
    assert evaluate(ROUTE, condition(ROUTE, 0.0, n=7, k=0, is_grey=True), None, moment("12:00")) == (None, [])
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0).say("12:20", 50.0, n=6, k=3, is_grey=True)
    assert (story.state, story.alert.level, story.alert.n) == ("UNKNOWN", "red", 6)
    story.say("12:30", 50.0)
    assert story.state == "FIRING"
    assert story.kinds() == ["FIRED", "GREY", "KNOWN"]
    assert story.heard() == ["FIRED"]


def test_a_window_that_stays_empty_closes_as_without_sample():
    story = Story(HUB).say("12:00", 50.0).say("12:10", 50.0).say("12:11", None, n=0, is_grey=True)
    assert story.say("12:30", None, n=0, is_grey=True).state == "UNKNOWN"
    assert story.say("12:31", None, n=0, is_grey=True).alert.close_reason == "SIN_MUESTRA"


def test_stale_data_turn_an_alert_grey_whatever_they_said_and_do_not_close_it():
    story = Story(HUB).say("12:00", 50.0).say("12:10", 50.0).say("12:30", 95.0, is_stale=True)
    story.say("18:00", 95.0, is_stale=True)
    assert (story.state, story.alert.value) == ("UNKNOWN", 50.0)


def test_news_that_come_late_still_open_an_alert():
    story = Story(DELAY).say("12:00", 70, is_stale=True).say("12:05", 70, is_stale=True)
    assert (story.state, story.heard()) == ("FIRING", ["FIRED"])
    assert story.say("12:06", 70, is_stale=True).state == "UNKNOWN"


def test_a_child_is_suppressed_while_its_parent_is_open_and_is_told_when_that_is_over():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0, parents=("hub",))
    assert (story.state, story.alert.parent_key, story.heard()) == ("SUPPRESSED", "hub", [])
    story.say("12:20", 50.0)
    assert (story.state, story.heard()) == ("FIRING", ["RELEASED"])


def test_a_child_that_was_told_already_falls_silent_and_is_not_told_again():
    story = Story(ROUTE).say("12:00", 75.0).say("12:15", 75.0).say("12:20", 75.0, parents=("hub",))
    assert story.state == "SUPPRESSED"
    story.say("12:40", 50.0, parents=("hub",)).say("12:55", 50.0, parents=("hub",))
    assert (story.alert.level, story.heard()) == ("red", ["FIRED"])
    story.say("13:00", 50.0)
    assert story.heard() == ["FIRED", "RELEASED"]
    story.say("13:05", 50.0, parents=("hub",)).say("13:10", 50.0)
    assert story.heard() == ["FIRED", "RELEASED"]


def test_a_critical_alert_is_the_child_of_a_silent_feed_only():
    feed = "feed_silence#feed#leg-events#2026-11-25"
    story = Story(DELAY).say("12:00", 250, parents=(feed,)).say("12:05", 250, parents=("root", feed))
    assert (story.state, story.alert.parent_key, story.heard()) == ("SUPPRESSED", feed, [])
    assert story.say("12:07", 250).heard() == ["RELEASED"]


def test_a_critical_alert_is_nobody_elses_child():
    story = Story(DELAY).say("12:00", 250, parents=("root",)).say("12:05", 250, parents=("root",))
    assert (story.state, story.heard()) == ("FIRING", ["FIRED"])


def test_a_correction_that_takes_the_fact_back_closes_at_once_and_names_both_versions():
    story = Story(DELAY).say("12:00", 70, seen="v3").say("12:05", 70, seen="v4")
    story.say("12:06", 12, seen="v5", corrections=1)
    assert (story.alert.close_reason, story.alert.fired_on, story.alert.undone_by) == ("CORREGIDA", "v4", "v5")
    assert (story.told[-1].fired_on, story.told[-1].undone_by) == ("v4", "v5")


def test_a_late_fact_that_clears_the_alert_closes_it_as_corrected():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70).say("12:30", 12, last_event_at=at("12:01"))
    assert story.alert.close_reason == "CORREGIDA"


def test_news_that_clear_the_alert_resolve_it():
    story = Story(DELAY).say("12:00", 70).say("12:05", 70).say("12:10", 12).say("12:20", 12)
    assert story.alert.close_reason == "RESUELTA"


def test_a_shared_figure_that_a_correction_clears_closes_as_corrected_after_its_clear_hold():
    story = Story(ROUTE).say("12:00", 50.0).say("12:15", 50.0).say("12:20", 90.0, corrections=1)
    assert story.state == "CLEARING"
    story.say("12:50", 90.0, corrections=1)
    assert (story.alert.close_reason, story.alert.undone_by) == ("CORREGIDA", "at 12:20")


def test_a_complete_day_is_judged_by_enter_limits_alone_without_holds():
    story = Story(ROUTE).say("12:00", 50.0, is_complete=True)
    assert (story.state, story.alert.level) == ("FIRING", "red")
    story.say("12:01", 71.0, is_complete=True)
    assert story.alert.level == "amber"
    story.say("12:02", 82.0, is_complete=True)
    assert story.state == "CLOSED"


def test_nothing_fires_for_a_day_that_is_closed():
    assert Story(DELAY).say("12:00", 70, is_past_close=True, is_complete=True).alert is None


def test_nothing_left_to_judge_closes_a_rotation_at_once():
    rotation = rule("rotation_flight")
    story = Story(rotation).say("12:00", 35).say("12:10", 35).say("12:20", None, is_complete=True)
    assert (story.state, story.alert.close_reason, story.alert.value) == ("CLOSED", "RESUELTA", 35)


def test_a_rule_in_shadow_keeps_its_alerts_and_tells_nobody():
    shadow = rule("a14_route_vs_28d")
    story = (
        Story(shadow).say("12:00", -40.0, n=100, k=50, baseline=90.0).say("12:15", -40.0, n=100, k=50, baseline=90.0)
    )
    story.wait("15:00")
    assert (story.state, story.alert.is_shadow, story.heard()) == ("FIRING", True, [])


def test_every_transition_has_its_own_revision_in_order():
    story = (
        Story(DELAY).say("12:00", 70).say("12:05", 130).say("12:10", 130).wait("12:30").say("13:00", 5).say("13:10", 5)
    )
    assert [line.revision for line in story.told] == list(range(1, len(story.told) + 1))
    assert story.alert.revision == len(story.told)
