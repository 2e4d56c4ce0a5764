"""Legs, problems and statements for the tests of scores; times are minutes, the leg leaves at 1000."""

from dataclasses import replace
from typing import Any

from aero_airline.scenarios import Expected
from aero_drills.scoring.notices import Notice
from aero_drills.scoring.truth import Flown, Truth
from aero_streaming.rules import rules

LEG = Flown(
    uid="f" * 32, operating_date="2026-11-24", tail="XAAAA", origin="MEX", destination="CUN", std=1000, sta=1120,
    is_cancelled=False, is_diverted=False, is_returned=False, departure_delay_minutes=0, arrival_delay_minutes=0,
    brought_minutes=0, ground_minutes=20, out=1000, in_heard=1125, out_heard=1001,
)  # fmt: skip
STORM = Expected("MEX", ("departure_delay", "otp_d15", "otp_a14"), 900, 1300, True)
FOG_ELSEWHERE = Expected("TIJ", ("long_delay", "cancellation"), 900, 1300, False)


def flown(**values: Any) -> Flown:
    return replace(LEG, **values)


def truth(*legs: Flown, problems: tuple[Expected, ...] = (), sent_at: tuple[float, ...] = ()) -> Truth:
    return Truth({leg.uid: leg for leg in legs}, problems, sent_at)


def notice(rule_id: str, scope_id: str = LEG.uid, level: str = "amber", at: float = 950, **values: Any) -> Notice:
    rule = rules().by_id(rule_id)
    assert rule is not None
    notice = Notice(
        rule=rule, alert_key=f"{rule_id}#{rule.scope}#{scope_id}#2026-11-24", scope_type=rule.scope, scope_id=scope_id,
        operating_date="2026-11-24", level=level, severity="medium", at=at, value=30.0, is_first=True, is_heard=True,
    )  # fmt: skip
    return replace(notice, **values)
