"""Small files that become large when somebody unpacks them, archives in archives, and sheets that readers misread."""

import bz2
import gzip
import io
import json
import struct

import pytest

from aero_assets.defs.typed.table_counts import count
from aero_assets.defs.typed.table_rows import read_table_rows
from aero_assets.feeds import doors, find
from aero_ingest import workbook
from aero_ingest.doors import load_doors
from tests.unit.infra.door import GOOD, LAKE, RAW, send
from tests.unit.infra.fake_s3 import FakeS3
from tests.unit.infra.test_door_formats import DOORS
from tests.unit.infra.workbooks import DOCUMENT, PACKAGE, parts, row, sheet, zipped
from tests.unit.infra.workbooks import GOOD as TRAFFIC

COSTS = find("partner/costs")
HEAD = row(1, "Fecha", "Vuelo", "Concepto", "Importe", "Moneda")
COST = ("2026-11-01", "AM905", "fuel", 10.5, "MXN")
LIMIT = 10_000_000


def bomb(name: str = "data.csv") -> bytes:
    """A zip archive of some kilobytes with 20 MB of records."""
    return zipped({name: GOOD + b"AM,1,1\n" * 3_000_000})


def crowded(*, is_large: bool) -> bytes:
    """A zip archive of 30,000 empty files: its table of contents is all that it has."""
    data = zipped({f"{number:064}": b"" for number in range(30_000)})
    at = data.rindex(b"PK\x05\x06")
    if not is_large:
        return data
    # The end of a large archive states the size; the usual end behind it says that it is in order.
    size, offset = struct.unpack("<LL", data[at + 12 : at + 20])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 30_000, 30_000, size, offset)
    note = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    return data[:at] + record + note + data[at : at + 12] + struct.pack("<LL", 46, offset) + data[at + 20 :]


@pytest.fixture(scope="module")
def doors_of_all(tmp_path_factory):
    """The doors of every feed as the Lambda reads them."""
    file = tmp_path_factory.mktemp("zip") / "doors.json"
    file.write_text(json.dumps(doors()), encoding="utf-8")
    return load_doors(file)


REFUSED = {
    "a zip of twenty megabytes": (bomb(), "too_large"),
    "a bzip2 of twenty megabytes": (bz2.compress(GOOD + b"AM,1,1\n" * 3_000_000), "too_large"),
    "a zip in a zip": (zipped({"a.zip": zipped({"data.csv": GOOD})}), "zip_or_excel"),
    "a bomb in a zip in a zip": (zipped({"a.zip": bomb()}), "zip_or_excel"),
    "a zip in a gzip": (gzip.compress(zipped({"data.csv": GOOD})), "zip_or_excel"),
    "a gzip in a zip": (zipped({"data.csv.gz": gzip.compress(GOOD)}), "compressed_twice"),
    "a bzip2 in a zip": (zipped({"data.csv.bz2": bz2.compress(GOOD)}), "other_format"),
    "thousands of files in a zip": (crowded(is_large=False), "zip_or_excel"),
    "thousands of files in a large zip": (crowded(is_large=True), "zip_or_excel"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_grows_or_holds_another_is_refused(name):
    s3, (body, reason) = FakeS3(), REFUSED[name]
    outcome = send(s3, body, max_content_bytes=LIMIT)
    assert (outcome["status"], outcome["reason"]) == ("rejected", reason)
    assert s3.keys(RAW) == []
    assert [key for key in s3.keys(LAKE) if key.endswith("reason.json")]


def test_the_end_of_an_archive_says_how_large_its_table_of_contents_is():
    sizes = [workbook.directory_bytes(io.BytesIO(crowded(is_large=is_large))) for is_large in (False, True)]
    assert sizes[0] == sizes[1] == sum(46 + 64 for _ in range(30_000))
    assert workbook.directory_bytes(io.BytesIO(b"PK\x03\x04" + bytes(100))) is None


def far(reference: str, number: int, value: str = "x") -> str:
    """A row far below, with a cell far right."""
    return f'<row r="{number}"><c r="{reference}{number}" t="inlineStr"><is><t>{value}</t></is></c></row>'


def costs(*rows: str, size: str = "A1:E2") -> bytes:
    data = sheet(HEAD, *rows).replace("<sheetData>", f'<dimension ref="{size}"/><sheetData>', 1)
    return zipped({**parts(data, "Costos"), **BOOK})


#: Parts that openpyxl needs beside those that the door reads.
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
BOOK: dict[str, str | bytes] = {
    "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{OFFICE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId7" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
SHEETS = {
    "a value in the last column of Excel": (costs(row(2, *COST), far("XFD", 3)), "too_large", "row 3, column 16384"),
    "a value in the last cell of Excel":
        (costs(row(2, *COST), far("XFD", 1_048_576)), "too_large", "row 1048576, column 16384"),
    "a row that Excel does not have": (costs(row(2, *COST), far("A", 99_999_999)), "damaged", "row 99999999"),
    "a row below a later one": (costs(row(3, *COST), row(2, *COST)), "damaged", "row 2 comes after row 3"),
    "a row twice": (costs(row(2, *COST), row(2, *COST)), "damaged", "row 2 comes after row 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_that_costs_readers_hours_or_hides_rows_is_refused(doors_of_all, name):
    body, reason, says = SHEETS[name]
    outcome = send(FakeS3(), body, "partner/costs/a.xlsx", doors=doors_of_all)
    assert (outcome["reason"], says in outcome["message"]) == (reason, True)


def test_a_workbook_of_more_sheets_than_a_person_keeps_is_refused(doors_of_all):
    contents = {**parts(sheet(HEAD, row(2, *COST)), "Costos"), **BOOK}
    entry = '<sheet name="Costos" sheetId="1" r:id="rId7"/>'
    more = "".join(entry.replace("Costos", f"Hoja {number}") for number in range(100))
    contents["xl/workbook.xml"] = f"{contents['xl/workbook.xml']}".replace(entry, entry + more)
    outcome = send(FakeS3(), zipped(contents), "partner/costs/a.xlsx", doors=doors_of_all)
    assert (outcome["reason"], "101 sheets" in outcome["message"]) == ("too_large", True)


@pytest.mark.parametrize(
    ("size", "rows"),
    [("A1:E2", 3), ("A1", 3), ("A1:XFD1048576", 3), ("A1:A99999999", 3)],
)
def test_the_rows_of_a_sheet_are_those_that_it_has_whatever_size_it_states(doors_of_all, tmp_path, size, rows):
    body = costs(row(2, *COST), row(3, *COST[:1], "AM906", *COST[2:]), far("A", 200_000, "2026-11-02"), size=size)
    outcome = send(FakeS3(), body, "partner/costs/a.xlsx", doors=doors_of_all)
    assert (outcome["status"], outcome["rows_out"]) == ("accepted", rows)
    (tmp_path / "body").write_bytes(body)
    records = read_table_rows(tmp_path / "body", COSTS).read_all().to_pylist()
    assert [record["line_number"] for record in records] == [2, 3, 200_000]
    assert [record["defect"] for record in records] == [None, None, "missing_value"]
    assert count(COSTS, tmp_path / "body") == rows


FORMULA = "<c><f>SUM(C3:N3)</f>{}</c>"


@pytest.mark.parametrize(
    ("saved", "reason"), [("<v>66</v>", None), ("<v></v>", None), ("", "not_calculated"), ("<v/>", None)]
)
def test_a_formula_whose_result_was_not_saved_refuses_the_workbook(saved, reason):
    data = TRAFFIC.replace("<c><v>66</v></c>", FORMULA.format(saved), 1)
    outcome = send(FakeS3(), zipped(parts(data)), "partner/traffic/a", doors=DOORS)
    assert outcome["reason"] == reason
    if reason:
        assert "row 3" in outcome["message"]


def test_a_formula_of_a_table_whose_result_was_not_saved_costs_its_row_alone(doors_of_all, tmp_path):
    empty = row(2, *COST).replace("<c><v>10.5</v></c>", FORMULA.format(""))
    body = costs(empty, row(3, *COST))
    assert send(FakeS3(), body, "partner/costs/a.xlsx", doors=doors_of_all)["status"] == "accepted"
    (tmp_path / "body").write_bytes(body)
    records = read_table_rows(tmp_path / "body", COSTS).read_all().to_pylist()
    assert [record["defect"] for record in records] == ["bad_value", None]
    assert "SUM" in records[0]["message"]
