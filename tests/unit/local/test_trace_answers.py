"""Figures of passengers traced: the answers of a leg, from events and from tables, each once."""

from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.feeds import find
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.published import PublishedCopy
from aero_assets.trace import way_back
from aero_assets.trace.numbers import Question, trace_number
from aero_assets.trace.own_figures import ANSWERS, answers_of_legs, figure_records
from tests.dbt.typed_lake import write
from tests.fakes import FolderBucket
from tests.unit.local.test_trace_money import ON, TABLES, stamp

#: Of legs a, b and c with flights 1, 2 and 3 from MEX; the second leg of flight 3 goes on from GDL.
SECOND_LEG = " union all select * replace ('d' as leg_uid, 'GDL' as origin) from legs_of_day where leg_uid = 'c'"
FCT_SATISFACTION = """
    select date '2015-01-04' as operating_date, 'AM' as carrier, 'MEX' as origin, 'CUN' as destination,
           'MEX-CUN' as route, 3 as recommendations, {net} as net_promoters, 2 as satisfactions, 1 as satisfied
"""


@pytest.fixture
def lake(tmp_path):
    """Answers as events, one of them corrected, and a survey of a table that repeats one and adds two."""
    bucket = FolderBucket(tmp_path / "lake")
    flight = {"carrier": "AM", "operational_suffix": "", "origin": None, "destination": None}
    rows = {
        "customer/feedback": [
            stamp(1, 1, leg_uid="a", response_id="r1", recommendation=3, satisfaction=2),
            stamp(2, 2, leg_uid="a", response_id="r1", recommendation=9, satisfaction=5),
            stamp(3, 1, leg_uid="b", response_id="r2", recommendation=4, satisfaction=2),
        ],
        "partner/surveys": [
            stamp(4, 1, **flight, flight_number=2, response_id="r2", recommendation=10),
            stamp(5, 1, **flight, flight_number=2, response_id="r3", recommendation=10),
            stamp(6, 1, **flight, flight_number=3, response_id="r4", recommendation=10),
        ],
    }
    for path, typed in rows.items():
        write(bucket.root, typed, "2015-01-06-0aaa0aaa0aaa", find(path))
        [file] = (bucket.root / "typed" / path).rglob("*.parquet")
        key = f"{file.relative_to(bucket.root)}"
        manifest = TypedFile(key, "", f"{ON}", pq.read_metadata(file).num_rows)
        ArrivalManifest(path, "2015-01-06", "level", (manifest,)).save(bucket)
    return LakeCopy(bucket.root, bucket)


def traced(lake, tmp_path, net):
    """Trace the NPS of the route, where the mart has so many net promoters."""
    with duckdb.connect() as warehouse:
        legs = f"with legs_of_day as ({TABLES['operations.fct_leg']}) select * from legs_of_day{SECOND_LEG}"
        marts = [
            Relation("operations.fct_leg", legs, "Legs. One row per leg."),
            Relation("customer.fct_satisfaction", FCT_SATISFACTION.format(net=net), "Answers. One row per route."),
        ]
        bucket = FolderBucket(tmp_path / "published")
        Publisher(bucket, tmp_path / "scratch").publish(warehouse, marts, level="x", now=datetime.now(UTC))
    snapshot = PublishedCopy(tmp_path / "copy", bucket).pull()
    with snapshot.connect() as connection:
        records = figure_records(lake, ON, way_back.names_of_legs(connection, ON), tmp_path, ANSWERS)
        way_back.put_answers(connection, answers_of_legs(records))
        question = Question("fct_satisfaction", "nps", ON, {"route": ["MEX-CUN"]})
        return trace_number(connection, snapshot.manifest, question), records


def test_the_answers_of_legs_add_up_to_the_mart(lake, tmp_path):
    number, records = traced(lake, tmp_path, net=1)
    assert (number.differences, float(number.value)) == ([], pytest.approx(1 / 3))
    assert {leg.leg_uid: (leg.over, leg.under) for leg in number.legs} == {"a": (1, 1), "b": (0, 2)}
    assert [item.record.state for item in records["a"]] == ["earlier", "counts"]


def test_an_answer_of_two_sources_counts_once_and_one_of_a_flight_with_two_legs_for_none(lake, tmp_path):
    number, records = traced(lake, tmp_path, net=1)
    assert sorted(answers_of_legs(records), key=str) == [("a", 9, 5), ("b", 10, None), ("b", 4, 2)]
    assert {"c", "d"} <= records.keys()
    assert number.sums == {"net_promoters": 1, "recommendations": 3}


def test_a_mart_that_counted_other_answers_is_named(lake, tmp_path):
    number, _ = traced(lake, tmp_path, net=2)
    assert number.differences == ["net_promoters is 2 in customer.fct_satisfaction and 1 over its legs"]
