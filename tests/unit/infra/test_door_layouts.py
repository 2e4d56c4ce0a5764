"""Files with other names, order and more columns than ours go through the door, zipped as they are published."""

import io
import json
import zipfile

import pytest

from aero_assets.feeds import doors
from aero_ingest.doors import load_doors
from tests.unit.infra.door import RAW, send
from tests.unit.infra.fake_s3 import FakeS3


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The doors as the Lambda reads them."""
    file = tmp_path_factory.mktemp("zip") / "doors.json"
    file.write_text(json.dumps(doors()), encoding="utf-8")
    return load_doors(file)


@pytest.fixture
def arrive(packed):
    def through(body: bytes, name: str, feed: str = "bts_ontime") -> dict:
        s3 = FakeS3()
        outcome = send(s3, body, f"partner/{feed}/{name}", doors=packed)
        return outcome | {"bodies": len(s3.keys(RAW, f"partner/{feed}/dt="))}

    return through


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name.replace("__", "."), body)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "feed", "rows"),
    [
        ("F13_prezip.csv", "bts_ontime", 1),
        ("F13_prezip.zip", "bts_ontime", 1),
        ("F20_t100_as_downloaded.csv", "t100_segment", 3),
    ],
)
def test_a_file_as_its_publisher_gives_it_is_taken(shared_data, arrive, name, feed, rows):
    outcome = arrive((shared_data / "field_cases" / name).read_bytes(), name, feed)
    assert (outcome["status"], outcome["message"], outcome["rows_out"], outcome["bodies"]) == (
        "accepted",
        None,
        rows,
        1,
    )


def test_the_zipped_file_and_the_file_are_one_content(shared_data, packed):
    s3, folder = FakeS3(), shared_data / "field_cases"
    outcomes = [
        send(s3, (folder / name).read_bytes(), f"partner/bts_ontime/{name}", doors=packed)
        for name in ("F13_prezip.zip", "F13_prezip.csv")
    ]
    assert [outcome["status"] for outcome in outcomes] == ["accepted", "duplicate"]


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (archive(a__csv=b"x\n1\n", b__csv=b"x\n1\n"), "not_one_member", "2 files of data ('a.csv', 'b.csv')"),
        (archive(readme__html=b"<p>"), "not_one_member", "0 files of data"),
        (archive(a__csv=b"x\n1\n" * 99)[:-30], "damaged", "unzip -t"),
        (archive(a__csv=b"x\n1\n"), "header_mismatch", "it has no column AIRLINE or IATA_CODE_Reporting_Airline"),
        (archive(**{"[Content_Types]__xml": b"<a/>", "xl": b"x"}), "zip_or_excel", "Excel"),
    ],
    ids=["two", "none", "cut", "other columns", "workbook"],
)  # fmt: skip
def test_an_archive_that_cannot_be_taken_is_put_aside_with_a_sentence(arrive, body, reason, says):
    outcome = arrive(body, "month.zip")
    assert (outcome["status"], outcome["reason"]) == ("rejected", reason)
    assert says in outcome["message"]


MARKET = (
    b"PASSENGERS,FREIGHT,MAIL,DISTANCE,UNIQUE_CARRIER,CARRIER,ORIGIN,DEST,YEAR,QUARTER,MONTH,DISTANCE_GROUP,CLASS,\n"
    b"1.00,0.00,0.00,100.00,AM,AM,MEX,JFK,2024,1,1,1,F,\n"
)


def test_a_market_of_t100_is_recognised_and_told_which_table_is_read(arrive):
    outcome = arrive(MARKET, "T_T100I_MARKET_ALL_CARRIER.csv", "t100_segment")
    assert outcome["status"] == "rejected"
    assert "nearest to the layout 'T-100 Segment' and lacks DEPARTURES_PERFORMED, SEATS" in outcome["message"]
    assert "T-100 Market has no departures and no seats and is not read" in outcome["message"]


@pytest.mark.parametrize("title", ["Arrivals", "Cancellations", "Diversions"])
def test_a_sibling_of_detailed_departures_is_told_by_its_first_line(arrive, title):
    body = (
        f"Detailed Statistics {title}\nDestination Airport: Grand Rapids, MI (GRR)\nAirline: Delta (DL)\nMonth(s): 1\n"
        "Day(s): 1\nYear(s): 2022\n\nCarrier Code,Date (MM/DD/YYYY)\nDL,01/01/2022\n SOURCE: BTS"
    )
    outcome = arrive(body.encode(), "grr.csv", "bts_departures")
    assert (outcome["status"], outcome["reason"]) == ("rejected", "preamble_mismatch")
    assert f"The file begins with 'Detailed Statistics {title}'" in outcome["message"]
