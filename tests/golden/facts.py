"""Facts of one leg, made up by Hypothesis to collide: few sources, few versions, few moments."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from aero_streaming.merge import FIELDS, SOURCES

START = datetime(2015, 1, 1, 10, tzinfo=UTC)
LEG = "0123456789abcdef0123456789abcdef"


def _moment(minutes: int, microseconds: int = 0) -> str:
    moment = START + timedelta(minutes=minutes, microseconds=microseconds)
    return moment.isoformat().replace("+00:00", "Z")


MOMENTS = st.builds(_moment, st.integers(0, 5), st.sampled_from([0, 1, 500_000]))
VALUES = {
    "timestamp": MOMENTS,
    "integer": st.integers(-3, 300),
    "boolean": st.booleans(),
    "text": st.sampled_from(["A", "B", "MEX", "XA-AMA", "año|1", " padded "]),
}


@st.composite
def facts_of_one_leg(draw, max_size: int = 6):
    """One leg's facts: distinct events, each saying something about some of the fields."""
    facts = []
    for number in range(draw(st.integers(1, max_size))):
        said = draw(st.sets(st.sampled_from(FIELDS), max_size=len(FIELDS)))
        facts.append(
            {
                "leg_uid": LEG,
                "event_id": f"{draw(st.integers(0, 15)):x}{number:031x}",
                "source": draw(st.sampled_from(SOURCES)),
                "attempt": draw(st.integers(1, 3)),
                "is_actual": draw(st.booleans()),
                "version": draw(st.sampled_from([0, 1, 2, 9, 10, 2**31 - 1])),
                "received_at": draw(MOMENTS),
                **{field.name: draw(VALUES[field.type]) for field in sorted(said, key=lambda f: f.name)},
            }
        )
    return facts


#: Minutes from STD that make legs break every rule, alone and together.
ODD_MINUTES = (
    -526_000,
    -4_321,
    -4_320,
    -61,
    -1,
    0,
    1,
    2,
    4,
    20,
    22,
    131,
    138,
    140,
    741,
    1_223,
    1_445,
    4_320,
    4_460,
    4_461,
)
ODD_MOMENTS = st.builds(_moment, st.sampled_from(ODD_MINUTES), st.sampled_from([0, 0, 0, 1, 500_000]))


@st.composite
def legs_with_odd_times(draw):
    """A merged leg whose times are as like as not impossible together."""

    def known(values):
        return draw(st.one_of(st.none(), values))

    leg = {name: known(ODD_MOMENTS) for name in ("out_at", "off_at", "on_at", "in_at", "estimated_in_at")}
    came_back = draw(st.booleans())
    return {
        "leg_uid": LEG,
        **leg,
        "std_at": draw(st.one_of(st.just(_moment(0)), st.none(), ODD_MOMENTS)),
        "sta_at": draw(st.one_of(st.just(_moment(140)), st.none(), ODD_MOMENTS)),
        "last_out_at": known(ODD_MOMENTS) if came_back else leg["out_at"],
        "estimated_out_at": None if leg["out_at"] else known(ODD_MOMENTS),
        "distance_miles": draw(st.sampled_from([None, 1, 600, 1_900, 10_000])),
        "is_cancelled": draw(st.sampled_from([None, False, False, True])),
        "is_diverted": draw(st.sampled_from([None, False, False, True])),
    }
