"""Two days of real flights end in the same marts, whatever the layout of their file."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aero_local import text_files
from tests import layout_files
from tests.dbt.partner_files import arrive
from tests.dbt.project import Warehouse

SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
DAYS = ["2015-01-01", "2015-01-02"]
#: The legs without the columns that are made of wheels: DataExpo has none.
LEGS = """
    select * exclude (off_at, on_at, taxi_out_minutes, air_minutes, taxi_in_minutes)
    from operations.fct_leg where carrier <> 'AM' order by all
"""
SUMS = """
    select * exclude (taxi_out_legs, taxi_out_minutes, air_legs, air_minutes, taxi_in_legs, taxi_in_minutes)
    from operations.fct_route_day order by all
"""


def marts(built: Warehouse, file: Path, folder: Path) -> tuple[list[tuple], list[tuple]]:
    """Return the legs and the sums of the sample and a file beside it."""
    warehouse = built.copy(folder / "copy")
    body = folder / "body.csv.gz"
    body.write_bytes(gzip.compress(b"".join(text_files.blocks(file)), 1))
    arrive(warehouse, "partner/bts_ontime", body, datetime(2026, 11, 20, 8, tzinfo=UTC))
    warehouse.dbt("build", *SELECT, dates=DAYS)
    return warehouse.rows(LEGS), warehouse.rows(SUMS)


@pytest.fixture(scope="module")
def plain(built, real_bts, tmp_path_factory) -> tuple[list[tuple], list[tuple]]:
    """The legs and sums that the plain file ends in."""
    return marts(built, Path(real_bts), tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("write", [layout_files.prezip, layout_files.download, layout_files.dataexpo])
def test_the_marts_are_those_of_the_plain_file_to_the_row(built, plain, real_bts, tmp_path, write):
    assert len(plain[0]) >= 30_691
    assert marts(built, write(Path(real_bts), tmp_path), tmp_path) == plain
