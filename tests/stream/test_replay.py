"""Stream = batch on real flights: 300 routes of a day through the whole platform, with everything that goes wrong."""

from datetime import date

import pytest

from aero_drills import replay_drill
from aero_local.live import source
from aero_local.state import State

ON = date(2015, 1, 2)


@pytest.mark.real_data
def test_repeated_shuffled_and_corrected_events_end_as_a_recount_and_as_the_warehouse(real_bts, tmp_path):
    events, legs = source.day_of_file(real_bts, ON, routes=300, seed=3)
    faults = source.Faults(repeated=0.1, shuffled_minutes=120, corrected=0.05)
    sent = source.with_faults(events, faults, seed=3)
    assert len(sent) > 1.1 * len(events)

    verdict = replay_drill.run(State(tmp_path / "replay"), replay_drill.Plan(sent, f"{ON}", legs), print)

    print(verdict)
    assert verdict["lost"] == 0
    assert verdict["duplicated"] == 0
    for moment in ("close", "end"):
        for other in ("recount", "warehouse", "shares", "colours"):
            assert verdict[moment][other]["differing"] == 0, verdict[moment][other]["examples"]
            assert verdict[moment][other]["compared"] > 250
    assert verdict["after_close"] > 0, "nothing fell after close: the close is not tested"
