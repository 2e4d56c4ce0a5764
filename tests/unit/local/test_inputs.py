"""The input of a demo: a file or a folder of flights, each told by its layout."""

import gzip
import zipfile

import pytest

from aero_cli import inputs
from aero_ingest.reasons import RejectedFile
from aero_local import text_files
from aero_local.errors import AeroError
from tests.unit.feeds.test_flight_files import DATAEXPO, PREZIP, as_parquet


@pytest.fixture
def folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "On_Time_2015_1.zip", "w") as archive:
        archive.writestr("On_Time_2015_1.csv", PREZIP)
        archive.writestr("readme.html", "<p>")
    (tmp_path / "1999.csv").write_text(DATAEXPO.replace("2015,1,1,4", "1999,1,1,5"))
    (tmp_path / "year.parquet").write_bytes(as_parquet(DATAEXPO.replace("2015,1,1,4", "2003,1,1,3")))
    (tmp_path / "notes.txt").write_text("carriers\n")
    return tmp_path


def test_a_folder_is_all_its_files_of_flights_and_each_says_its_layout(folder):
    lines: list[str] = []
    given = inputs.from_path(folder, lines.append)
    assert [file.name for file in given.files] == ["1999.csv", "On_Time_2015_1.zip", "year.parquet"]
    assert lines[0] == "notes.txt is left out: it has the columns of no feed"
    assert "1999.csv: DataExpo 1987 to 2008" in lines[1]
    assert "On_Time_2015_1.zip: PREZIP of BTS; not in it, so unknown: TAXI_OUT, WHEELS_OFF" in lines[2]


def test_the_live_day_is_of_the_file_with_the_latest_flights_whatever_its_name(folder):
    given = inputs.from_path(folder, lambda line: None)
    assert inputs.last_flown(given.files).name == "On_Time_2015_1.zip"


def test_a_folder_without_flights_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("A,B\n1,2\n")
    with pytest.raises(AeroError, match="no file of flights among 1 files"):
        inputs.from_path(tmp_path, lambda line: None)


def test_a_file_that_unpacks_to_more_than_the_door_takes_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", PREZIP + "\n" * (3 << 20))
    with pytest.raises(RejectedFile, match="more than 1,048,576 bytes"):
        list(text_files.blocks(tmp_path / "bomb.zip", 1 << 20))


def test_a_damaged_gzip_is_a_file_of_no_feed_and_no_traceback(tmp_path):
    packed = bytearray(gzip.compress(DATAEXPO.encode() * 50, mtime=0))
    packed[15:60] = b"\xff" * 45
    (tmp_path / "flights.csv.gz").write_bytes(packed)
    with pytest.raises(AeroError, match="no file of flights among 1 files"):
        inputs.from_path(tmp_path, lambda line: None)


@pytest.mark.parametrize("body", [b"carriers\n", b"", b"\x00\x01\x02", b"A,B\n1,2\n"])
def test_a_file_of_something_else_is_refused_before_anything_is_started(tmp_path, body):
    (tmp_path / "notes.csv").write_bytes(body)
    with pytest.raises(AeroError, match=r"notes\.csv"):
        inputs.from_path(tmp_path / "notes.csv", lambda line: None)
