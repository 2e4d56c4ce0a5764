"""Delay codes (IATA AHM 730): the minutes of a departure delay per code, and the changes by a later review."""

from collections.abc import Sequence

from aero_airline.geography import is_domestic
from aero_airline.leg import Leg

#: Minutes from which a delay is coded.
CODED_FROM = 15
ROTATION = "93"
#: Ordinary causes of new delay with weights [A]: late passengers, loading, fuelling, defect, aircraft change, crew,
#: bags, documents, security, immigration (international only), start-up and flow at the origin.
ORDINARY = (
    ("15", 9), ("32", 12), ("36", 7), ("41", 16), ("46", 6), ("63", 7), ("66", 6), ("18", 7), ("31", 4), ("91", 8),
    ("85", 4), ("86", 4), ("89", 14), ("81", 4), ("83", 4),
)  # fmt: skip
#: Causes while an episode is on, at the origin and at the destination of the leg.
EPISODE = {
    ("storm", True): (("89", 5), ("81", 3), ("71", 2)),
    ("storm", False): (("83", 5), ("81", 4), ("72", 1)),
    ("fog", True): (("71", 8), ("89", 2)),
    ("fog", False): (("72", 6), ("83", 4)),
    ("strike", True): (("97", 1),),
    ("strike", False): (("97", 1),),
    ("ash", True): (("71", 6), ("89", 3), ("81", 1)),
    ("ash", False): (("72", 6), ("83", 4)),
}
ALL_NEW = (*(code for code, _ in ORDINARY), "71", "72")


def _pick(weights: Sequence[tuple[str, int]], share: float) -> str:
    """Return the code at a share (0 to 1) of the total weight."""
    left = share * sum(weight for _, weight in weights)
    for code, weight in weights:
        left -= weight
        if left < 0:
            return code
    return weights[-1][0]


def assign(leg: Leg, episode_minutes: int, at_origin: bool, draws: Sequence[float]) -> tuple[tuple[str, int], ...]:
    """Return the codes of a leg's departure delay with minutes that sum to it; none below 15 minutes.

    The rotation gets the minutes that the aircraft inherited, an episode the minutes that it caused, and ordinary
    causes the rest; a long rest is shared by two codes. `draws` are four numbers from 0 to 1.
    """
    delay = leg.departure_delay_minutes
    if delay is None or delay < CODED_FROM:
        return ()
    codes: list[tuple[str, int]] = [(ROTATION, leg.propagated_minutes)]
    held = min(max(episode_minutes, 0), leg.new_minutes)
    if held:
        codes.append((_pick(EPISODE[(leg.episode, at_origin)], draws[0]), held))
    rest = leg.new_minutes - held
    if rest:
        causes = [c for c in ORDINARY if c[0] != "86" or not is_domestic(leg.origin, leg.destination)]
        first = _pick(causes, draws[1])
        second = round(rest * 0.4 * draws[2]) if rest >= 20 else 0
        other = _pick([c for c in causes if c[0] != first], draws[3])
        codes += [(first, rest - second), (other, second)]
    merged: dict[str, int] = {}
    for code, minutes in codes:
        if minutes > 0:
            merged[code] = merged.get(code, 0) + minutes
    return tuple(sorted(merged.items(), key=lambda item: -item[1]))


def before_review(codes: tuple[tuple[str, int], ...], share: float) -> tuple[tuple[str, int], ...]:
    """Return the codes as sent first, if the review on the next day changed the largest one."""
    (code, minutes), *others = codes
    used = {other for other, _ in others} | {code}
    options = [option for option in ALL_NEW if option not in used]
    return ((options[int(share * len(options))], minutes), *others)


def text(codes: tuple[tuple[str, int], ...]) -> str:
    """Return codes in the form in which they are sent: `93:30;41:15`."""
    return ";".join(f"{code}:{minutes}" for code, minutes in codes)
