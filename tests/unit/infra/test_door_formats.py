"""Files that are no plain CSV: what the door takes in as received, and every way in which it turns one away."""

import io
import zipfile
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_ingest.doors import Door
from aero_ingest.parquet_footer import facts
from tests.unit.infra import door, workbooks
from tests.unit.infra.door import LAKE, RAW, packed, read
from tests.unit.infra.fake_s3 import FakeS3
from tests.unit.infra.workbooks import GOOD, HEADINGS, parts, row, sheet, zipped

REPORT = Door(
    "partner/report", ("CARRIER", "DELAY"), "contract-4", "csv",
    {"preamble_lines": 3, "footer": " SOURCE:", "captions": [r"^Origin: .*\(([A-Z]{3})\)"]},
)  # fmt: skip
FARES = Door("partner/fares", ("FROM", "TO", "USD"), "contract-5", "parquet")
METAR = Door("partner/metar", ("STATION",), "contract-6", "lines", {"line_pattern": r"(METAR|SPECI) "})
QUARTER = Door(
    "partner/quarter", ("ROUTE",), "contract-7", "csv", {"name_pattern": r"fares_(?P<QUARTER>\d{4}q[1-4])\.csv"}
)
PLAN = Door("partner/schedule", ("CARRIER",), "contract-8", "lines", {"line_pattern": "[0-5]", "footer": "5"})
DOORS = {door.feed: door for door in (REPORT, FARES, METAR, QUARTER, PLAN, workbooks.DOOR)}

PREAMBLE = b"Detailed Statistics\nOrigin: Grand Rapids (GRR)\n\n"
FILED = PREAMBLE + b'CARRIER,DELAY\n"DL","2"\n"DL","-4"\n\n SOURCE: somebody'
WEATHER = b"METAR MMMX 221345Z 02004KT 5SM\n\nSPECI MMMX 222312Z 35018G32KT\n"
#: Header, carrier, two legs, trailer, and a line that fills the block.
SCHEDULE = b"".join(kind * 200 + b"\n" for kind in (b"1", b"2", b"3", b"3", b"5", b"0"))
WORKBOOK = zipped(parts())


def parquet(**columns: list) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


PARQUET = parquet(FROM=["MEX", "CUN"], TO=["CUN", "MEX"], USD=[1.5, None])
send = partial(door.send, doors=DOORS)


@pytest.fixture
def s3():
    return FakeS3()


@pytest.mark.parametrize(
    ("feed", "data", "rows", "suffix"),
    [
        ("report", FILED, 2, ".csv.gz"),
        ("report", packed(FILED.replace(b"\n", b"\r\n")), 2, ".csv.gz"),
        ("fares", PARQUET, 2, ".parquet"),
        ("metar", WEATHER, 2, ".txt.gz"),
        ("schedule", SCHEDULE, 6, ".txt.gz"),
        ("schedule", SCHEDULE.partition(b"0")[0].rstrip(b"\n"), 5, ".txt.gz"),
        ("traffic", WORKBOOK, 2, ".xlsx"),
    ],
)
def test_a_good_file_of_every_format_is_taken_in(s3, feed, data, rows, suffix):
    outcome = send(s3, data, f"partner/{feed}/a")
    assert (outcome["status"], outcome["reason"], outcome["rows_out"]) == ("accepted", None, rows)
    [body] = s3.keys(RAW, f"partner/{feed}/dt=")
    assert body.endswith(suffix)


@pytest.mark.parametrize(("feed", "data"), [("fares", PARQUET), ("traffic", WORKBOOK)])
def test_what_is_packed_already_is_kept_byte_for_byte(s3, feed, data):
    send(s3, data, f"partner/{feed}/a")
    [body] = s3.keys(RAW, f"partner/{feed}/dt=")
    assert s3.body(RAW, body) == data


def sheets(data: str, **more: str | bytes) -> bytes:
    return zipped({**parts(data), **more})


def bomb() -> bytes:
    """A good workbook with a part that is 300 MB of nothing."""
    buffer = io.BytesIO(WORKBOOK)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as part:
        for _ in range(300):
            part.write(bytes(1 << 20))
    return buffer.getvalue()


def encrypted_entry() -> bytes:
    """A good workbook whose entries say that a password is needed."""
    data = bytearray(WORKBOOK)
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90_000
ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]>'
OTHER = row(2, *HEADINGS[:-1], "Sum")
REFUSED = {
    "no header where it should be": ("report", FILED.replace(b"\n\n", b"\n", 1), "header_not_found", "Line 4 is not"),
    "another header below the preamble":
        ("report", FILED.replace(b"DELAY", b"MINUTES"), "header_not_found", "missing 'DELAY'"),
    "a preamble and nothing more": ("report", PREAMBLE, "header_not_found", "ends before it"),
    "a preamble without the origin":
        ("report", FILED.replace(b"(GRR)", b""), "preamble_mismatch", "as the publisher gives it"),
    "a preamble, a header, a footer":
        ("report", PREAMBLE + b"CARRIER,DELAY\n\n SOURCE: somebody", "no_data_rows", "no data rows"),
    "a report cut after a record": ("report", FILED.partition(b"\n\n SOURCE")[0], "cut_off", "was cut off"),
    "a report cut in a record": ("report", FILED[: FILED.rindex(b" SOURCE") - 5], "cut_off", "begin with ' SOURCE:'"),
    "a report cut after its header": ("report", PREAMBLE + b"CARRIER,DELAY\n", "cut_off", "ends with line 4"),
    "a record below the footer": ("report", FILED.rstrip(b"\n") + b"\nAM,3\n", "cut_off", "something was added"),
    "a schedule without its trailer": ("schedule", SCHEDULE[: SCHEDULE.index(b"5")], "cut_off", "begin with '5'"),
    "a schedule cut in a leg": ("schedule", SCHEDULE[:450], "cut_off", "ends with line 3"),
    "a workbook where text is wanted": ("metar", WORKBOOK, "zip_or_excel", ".txt"),
    "lines of something else": ("metar", b"a,b\n1,2\n", "unlike_lines", "2 of 2 lines do not look like"),
    "a Parquet file cut off": ("fares", PARQUET[:-9], "damaged", "PAR1"),
    "an encrypted Parquet file": ("fares", PARQUET[:-4] + b"PARE", "encrypted", "password"),
    "a footer longer than the file":
        ("fares", PARQUET[:-8] + b"\xff\xff\xff\x00PAR1", "damaged", "footer cannot be 16,777,215 bytes"),
    "a footer of noise": ("fares", PARQUET[:4] + b"\xff" * 90 + b"\x40\0\0\0PAR1", "damaged", "cannot be read"),
    "other columns": ("fares", parquet(FROM=["MEX"], TO=["CUN"], MXN=[2.0]), "header_mismatch", "missing 'USD'"),
    "a Parquet file without rows": ("fares", parquet(FROM=[], TO=[], USD=[]), "no_data_rows", "no data rows"),
    "CSV where Parquet is wanted": ("fares", b"FROM,TO,USD\nMEX,CUN,1\n", "other_format", "not a Parquet file"),
    "a gzipped Parquet file": ("fares", packed(PARQUET), "other_format", "a gzip archive"),
    "nothing": ("fares", b"", "empty", "is empty"),
    "a web page": ("traffic", b"<!DOCTYPE html><html>", "html_page", "not compressed again"),
    "an encrypted workbook":
        ("traffic", COMPOUND + "EncryptedPackage".encode("utf-16-le"), "encrypted", "Without a password"),
    "a workbook of before 2007": ("traffic", COMPOUND, "zip_or_excel", "(.xls)"),
    "an encrypted entry": ("traffic", encrypted_entry(), "encrypted", "password"),
    "a workbook cut off": ("traffic", WORKBOOK[:-30], "damaged", "cut off"),
    "a damaged sheet": ("traffic", WORKBOOK.replace(b"xl/worksheets/sheet1", b"xl/worksheets/sheet9", 1), "damaged",
                        "zip archive"),
    "macros": ("traffic", sheets(GOOD, **{"xl/vbaProject.bin": b"x"}), "workbook_with_macros", "without them"),
    "a binary workbook": ("traffic", sheets(GOOD, **{"xl/workbook.bin": b"x"}), "zip_or_excel", "(.xlsb)"),
    "another zip archive": ("traffic", zipped({"a.txt": "a"}), "zip_or_excel", "without a workbook"),
    "a bomb": ("traffic", bomb(), "too_large", "268,435,456 bytes"),
    "a thousand parts too many":
        ("traffic", sheets(GOOD, **{f"xl/{n}": b"" for n in range(3_000)}), "too_large", "bytes once decompressed"),
    "a sheet of one endless element":
        ("traffic", sheets(f'<a b="{"c" * (3 << 20)}"/>'), "damaged", "longer than 1,048,576 bytes"),
    "a document type": ("traffic", sheets(sheet(before=ENTITY)), "damaged", "document type"),
    "a sheet that is no XML": ("traffic", sheets("<worksheet>"), "damaged", "its XML"),
    "sheets of other names": ("traffic", zipped(parts(name="Hoja1")), "wrong_sheets", "'REG'. It has: 'Hoja1'"),
    "a sheet without its part":
        ("traffic", zipped({k: v for k, v in parts().items() if "sheet1" not in k}), "wrong_sheets", "'REG'"),
    "other headings":
        ("traffic", sheets(sheet(OTHER)), "header_mismatch", "Row 2 of sheet 'REG' is not the header of"),
    "headings in another row":
        ("traffic", sheets(sheet(row(3, *HEADINGS))), "header_mismatch", "it is empty"),
    "headings and nothing below": ("traffic", sheets(sheet(row(2, *HEADINGS))), "no_data_rows", "no data rows"),
}  # fmt: skip


@pytest.mark.parametrize(("feed", "data", "reason", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_what_it_says_is_put_aside_with_a_reason(s3, feed, data, reason, says):
    outcome = send(s3, data, f"partner/{feed}/a")
    assert (outcome["status"], outcome["reason"]) == ("rejected", reason)
    assert says in outcome["message"]
    assert s3.keys(RAW) == []
    assert any(s3.body(LAKE, key) == data for key in s3.keys(LAKE, "quarantine/"))


def test_what_only_a_name_says_must_be_in_it(s3):
    assert send(s3, b"ROUTE\nJFK-LAX\n", "partner/quarter/fares_2025q2.csv")["status"] == "accepted"
    outcome = send(s3, b"ROUTE\nJFK-LAX\n", "partner/quarter/fares.csv")
    assert (outcome["status"], outcome["reason"]) == ("rejected", "wrong_name")
    assert "fares.csv does not say" in outcome["message"]


def test_a_file_too_large_to_be_looked_at_whole_is_refused_before_its_end(s3):
    assert send(s3, WORKBOOK, "partner/traffic/a", max_content_bytes=100)["reason"] == "too_large"


def test_shared_texts_are_read_as_the_cells_mean_them(s3):
    texts = "".join(f"<si><r><t>{text[:1]}</t></r><r><t>{text[1:]}</t></r></si>" for text in HEADINGS)
    heading = "".join(f'<c t="s"><v>{number}</v></c>' for number in range(len(HEADINGS)))
    data = sheet(f'<row r="2">{heading}</row>', row(3, "MEX", "CUN", 1))
    strings = f'<sst xmlns="{workbooks.MAIN}">{texts}</sst>'
    outcome = send(s3, sheets(data, **{"xl/sharedStrings.xml": strings}), "partner/traffic/a")
    assert (outcome["reason"], outcome["rows_out"]) == (None, 1)


PIECES = st.lists(
    st.sampled_from([b'"AM","5"', b"", b" SOURCE: x", b"x" * 90, "é,1".encode(), b'"DL","2"\r']), max_size=20
)


@settings(deadline=None)
@given(
    lines=PIECES,
    cuts=st.lists(st.integers(0, 9_000), max_size=6),
    start=st.sampled_from([FILED, PREAMBLE, b"x" * 5_000]),
)
def test_where_a_file_with_a_preamble_is_cut_into_blocks_changes_nothing(lines, cuts, start):
    data = start + b"\n" + b"\n".join(lines)
    assert read(REPORT, data, cuts) == read(REPORT, data, [])


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=40, unique=True), rows=st.integers(0, 9))
def test_a_footer_says_the_columns_and_rows_that_were_written(names, rows):
    data = parquet(**{name: [1.0] * rows for name in names})
    length = int.from_bytes(data[-8:-4], "little")
    assert facts(data[-8 - length : -8]) == (tuple(names), rows)


@settings(max_examples=150, deadline=None)
@given(
    file=st.sampled_from([("traffic", WORKBOOK), ("fares", PARQUET)]), at=st.floats(0, 1), noise=st.binary(max_size=8)
)
def test_a_damaged_file_is_taken_or_refused_and_never_fails_the_door(file, at, noise):
    feed, data = file
    place = int(at * len(data))
    spoilt = data[:place] + noise + data[place + len(noise) :]
    outcome = send(FakeS3(), spoilt, f"partner/{feed}/a")
    assert outcome["status"] in ("accepted", "rejected")


def test_a_list_that_claims_to_be_endless_is_no_footer():
    with pytest.raises(ValueError, match="a list longer than the footer"):
        facts(b"\x15\x04\x19\xfc\xff\xff\xff\xff\x0f")
