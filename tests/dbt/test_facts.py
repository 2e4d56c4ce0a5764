"""However the facts arrive, the marts are the same: repeats, order, corrections."""

from datetime import datetime, timedelta

from tests.dbt.typed_lake import FIRST, SECOND, THIRD, leg, sample, write, write_empty

DATES = [FIRST, SECOND, THIRD]
SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "test", "unit_test")


def test_repeats_in_later_batches_change_nothing(a_copy):
    warehouse = a_copy()
    before = warehouse.marts()
    again = [{**row, "received_at": row["received_at"] + timedelta(days=1), "raw_ref": "again#1"} for row in sample()]
    write(warehouse.lake, again, arrived="2015-01-04-0456cdef")
    warehouse.build("--select", "tag:operating_day", "--exclude-resource-type", "unit_test", dates=DATES)
    assert warehouse.marts() == before


def test_a_file_split_in_two_and_sent_the_wrong_way_round_changes_nothing(parsed, built, tmp_path):
    warehouse = type(built)(tmp_path / "split", parsed)
    write_empty(warehouse.lake)
    rows = sample()
    write(warehouse.lake, rows[1::2], arrived="2015-01-03-1111aaaa")
    warehouse.build("--select", "tag:unpartitioned", "--exclude-resource-type", "test", "unit_test")
    warehouse.build(*SELECT, dates=DATES)
    write(warehouse.lake, rows[::2], arrived="2015-01-02-2222bbbb")
    warehouse.build(*SELECT, dates=DATES)
    assert warehouse.marts() == built.marts()


def test_a_correction_wins_and_the_old_fact_sent_again_does_not(a_copy):
    warehouse = a_copy()
    first = sample()[0]
    corrected = leg(1, dep=33, arr=44, version=2, received_at=datetime(2015, 1, 5))  # noqa: DTZ001
    write(warehouse.lake, [corrected], arrived="2015-01-05-0abc0abc")
    write(
        warehouse.lake,
        [{**first, "received_at": datetime(2015, 1, 6)}],  # noqa: DTZ001
        arrived="2015-01-06-0def0def",
    )
    warehouse.build(*SELECT, dates=[FIRST])
    sql = "select departure_delay_minutes, arrival_delay_minutes from operations.fct_leg where flight_number = 1"
    assert warehouse.rows(sql) == [(33, 44)]
    assert warehouse.rows("select count(*) from operations.fct_leg") == [(21,)]


def test_a_fact_without_what_the_merge_needs_stops_its_day(a_copy):
    """The bad fact is named, and the marts keep what they had."""
    warehouse = a_copy()
    before = warehouse.marts()
    write(warehouse.lake, [leg(50, SECOND, source="fax")], arrived="2015-01-05-0abc0abc")
    result = warehouse.dbt(
        "build", "--select", "tag:operating_day", "--exclude-resource-type", "unit_test", dates=[SECOND]
    )
    failed = {node.node.name for node in result.result.results if node.status == "fail"}
    assert failed == {"leg_facts_have_what_the_merge_needs"}
    after = warehouse.marts()
    assert {table for table in before if after[table] != before[table]} == {"intermediate.int_leg"}


def test_a_leg_that_two_files_tell_otherwise_is_that_of_the_later_row_and_no_mixture(a_copy):
    """A row is a whole statement: what the later one leaves empty did not happen, and the earlier one fills no gap."""
    warehouse = a_copy()
    gone = dict.fromkeys(("out_at", "off_at", "on_at", "in_at"))
    later = leg(1, dep=5, arr=5, received_at=datetime(2015, 1, 5))  # noqa: DTZ001
    write(
        warehouse.lake, [later | gone | {"is_cancelled": True, "cancellation_code": "B"}], arrived="2015-01-05-0abc0abc"
    )
    warehouse.build(*SELECT, dates=[FIRST])
    sql = "select is_cancelled, out_at, off_at, on_at, in_at from operations.fct_leg where flight_number = 1"
    assert warehouse.rows(sql) == [(True, None, None, None, None)]
