"""Filters and the address they travel in."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aero_dashboard.filters import PERIODS, Filters, Known, language_of, read

KNOWN = Known(
    first=date(2026, 10, 9),
    complete=date(2026, 11, 22),
    last=date(2026, 11, 22),
    carriers=("AM", "5D"),
    origins=("MEX", "GDL"),
    definitions=("cirium_a14", "d0", "d15"),
    routes=("MEX-CUN", "CUN-MEX"),
)
days = st.dates(KNOWN.first, KNOWN.last)


@st.composite
def choices(draw) -> Filters:
    period = draw(st.sampled_from(list(PERIODS)))
    first, last = sorted((draw(days), draw(days))) if period == "custom" else (None, None)
    return Filters(
        language=draw(st.sampled_from(["es", "en"])),
        period=period,
        first=first,
        last=last,
        carrier=draw(st.sampled_from([None, *KNOWN.carriers])),
        origin=draw(st.sampled_from([None, *KNOWN.origins])),
        definition=draw(st.sampled_from(KNOWN.definitions)),
        minimum=draw(st.integers(1, 500)),
        route=draw(st.sampled_from([None, *KNOWN.routes])),
    )


@given(choices())
def test_an_address_brings_back_exactly_the_choices_it_was_written_from(filters):
    assert read(filters.params(), KNOWN) == (filters, ())


@given(st.dictionaries(st.sampled_from([*Filters().params(), "from", "to", "route", "carrier", "x"]), st.text()))
def test_whatever_an_address_says_only_known_values_come_out(params):
    filters, bad = read(params, KNOWN)
    assert read(filters.params(), KNOWN) == (filters, ())
    first, last = filters.dates(KNOWN)
    assert KNOWN.first <= first <= last <= KNOWN.last
    assert set(bad) <= {"lang", "period", "from", "carrier", "origin", "otp", "min", "route"}


def test_what_is_not_known_falls_back_and_is_named():
    params = {"lang": "fr", "carrier": "<script>", "min": "-1", "otp": "best", "period": "year", "route": "A-B"}
    filters, bad = read(params, KNOWN)
    assert filters == Filters()
    assert set(bad) == set(params)


def test_periods_end_on_the_last_day_and_never_leave_what_was_published():
    spans = {name: Filters(period=name).dates(KNOWN) for name in ("1d", "7d", "14d", "28d", "all")}
    assert spans == {
        "1d": (KNOWN.last, KNOWN.last),
        "7d": (date(2026, 11, 16), KNOWN.last),
        "14d": (date(2026, 11, 9), KNOWN.last),
        "28d": (date(2026, 10, 26), KNOWN.last),
        "all": (KNOWN.first, KNOWN.last),
    }
    short = Known(KNOWN.last - timedelta(days=1), KNOWN.last, KNOWN.last, (), (), (), ())
    assert Filters(period="28d").dates(short) == (short.first, short.last)


def test_a_custom_period_is_cut_to_what_was_published_and_may_be_given_backwards():
    params = {"period": "custom", "from": "2027-01-01", "to": "2026-11-20"}
    filters, bad = read(params, KNOWN)
    assert filters.dates(KNOWN) == (date(2026, 11, 20), KNOWN.last)
    assert bad == ()


def test_a_custom_period_without_any_published_day_falls_back():
    filters, bad = read({"period": "custom", "from": "1999-01-01", "to": "1999-02-01"}, KNOWN)
    assert filters.period == "14d"
    assert bad == ("from",)


def test_a_definition_that_was_not_published_gives_way_to_one_that_was():
    only = Known(KNOWN.first, KNOWN.last, KNOWN.last, (), (), ("d15",), ())
    assert read({}, only)[0].definition == "d15"


def test_a_route_takes_the_place_of_the_origin():
    scope = Filters(origin="GDL").scope(KNOWN, "MEX-CUN")
    assert (scope.origin, scope.route) == (None, "MEX-CUN")
    assert scope.previous().last == scope.first - timedelta(days=1)
    assert scope.previous().days == scope.days == 14


def test_the_language_is_known_before_anything_is_published():
    assert language_of({"lang": "en"}) == "en"
    assert language_of({"lang": "xx"}) == language_of({}) == "es"


def test_a_period_ends_on_the_last_complete_day_and_dates_may_be_asked_for_beyond():
    ahead = replace(KNOWN, complete=KNOWN.last - timedelta(days=3))
    assert {Filters(period=name).dates(ahead)[1] for name in ("1d", "7d", "14d", "28d", "all")} == {ahead.complete}
    filters, bad = read({"period": "custom", "from": "2026-11-20", "to": "2026-11-22"}, ahead)
    assert (filters.dates(ahead), bad) == ((date(2026, 11, 20), date(2026, 11, 22)), ())
    filters, _ = read({"period": "custom"}, ahead)
    assert filters.dates(ahead)[1] == ahead.complete
