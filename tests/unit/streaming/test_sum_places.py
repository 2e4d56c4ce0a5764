"""A new sum of the register has lines elsewhere that are written by hand: a recount of its own and its greater sum."""

import pytest

from aero_drills import recount
from aero_streaming.alerts.records import PARTS
from aero_streaming.figures import figures
from tests.unit.streaming.event_samples import event

KEPT = {figure.id for figure in figures().kept_in("stream")}
SHARES = [
    (kpi.numerator[0].id, kpi.denominator[0].id)
    for kpi in figures().kpis.values()
    if kpi.is_share and len(kpi.numerator) == len(kpi.denominator) == 1
]


def test_the_recount_counts_every_sum_of_the_stream_by_itself():
    [network] = [sums for key, sums in recount.scopes(recount.legs([event("schedule")])).items() if key[0] == "network"]
    assert sorted(KEPT - network.keys()) == []


@pytest.mark.parametrize(("part", "whole"), [pair for pair in SHARES if set(pair) <= KEPT])
def test_a_record_whose_share_exceeds_its_whole_is_refused(part, whole):
    assert (part, whole) in PARTS
