"""Every public file goes through the door as it is deployed: with the doors that the register packs into the zip."""

import json

import pytest

from aero_assets.feeds import doors
from aero_ingest.doors import load_doors
from infra.package import check_doors
from tests.unit.infra.door import RAW, send
from tests.unit.infra.fake_s3 import FakeS3

FILES = {
    "bts_ontime": ("flights/bts_ontime_2015-01_d1-2.csv.gz", 30_691),
    "bts_departures": ("flights/bts_detailed_departures_GRR_DL_2022.csv.gz", 3_210),
    "t100_segment": ("traffic/bts_t100i_segment_all_carrier_2024-01.csv.gz", 8_640),
    "afac_sase": ("traffic/afac_sase/sase-diciembre-2022-26012023.xlsx", 507 + 863 + 371 + 662 + 4 * 2),
    "gsa_fares": ("fares/gsa_city_pair_fares_fy2025.parquet", 14_105),
    "db1b_fares": ("fares/db1b_route_summary_2025q2.parquet", 37_048),
    "weather": ("weather/nycflights13_weather.csv.gz", 26_115),
    "metar": ("messages/metar.txt", 4),
}


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The doors as the Lambda reads them."""
    check_doors(doors())
    file = tmp_path_factory.mktemp("zip") / "doors.json"
    file.write_text(json.dumps(doors()), encoding="utf-8")
    return load_doors(file)


@pytest.mark.parametrize("feed", FILES)
def test_a_public_file_is_taken_in_whole(shared_data, packed, feed):
    name, rows = FILES[feed]
    file = shared_data / name
    s3 = FakeS3()
    outcome = send(s3, file.read_bytes(), f"partner/{feed}/{file.name}", doors=packed)
    assert (outcome["status"], outcome["message"], outcome["rows_out"]) == ("accepted", None, rows)
    assert len(s3.keys(RAW, f"partner/{feed}/dt=")) == 1


@pytest.mark.parametrize("feed", sorted(FILES.keys() - {"metar"}))
def test_a_public_file_in_the_folder_of_another_feed_is_put_aside(shared_data, packed, feed):
    file = shared_data / FILES[feed][0]
    others = [other for other in FILES if other != feed]
    outcomes = [send(FakeS3(), file.read_bytes(), f"partner/{other}/{file.name}", doors=packed) for other in others]
    assert {outcome["status"] for outcome in outcomes} == {"rejected"}
    assert all(outcome["message"] for outcome in outcomes)
