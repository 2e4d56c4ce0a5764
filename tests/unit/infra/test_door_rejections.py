"""Every kind of file that is turned away: put aside whole, with a reason that a person understands."""

import zipfile
from io import BytesIO

import pytest

from aero_ingest.partner_drop import handle
from tests.unit.infra.door import FEED, GOOD, HEADER, INBOX, LAKE, RAW, event, packed, send, using
from tests.unit.infra.fake_s3 import FakeS3

KEY = f"{FEED}/january.csv"


@pytest.fixture
def s3():
    return FakeS3()


def xlsx() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def rejection(s3: FakeS3) -> dict:
    """The one reason in quarantine, after checking that the file lies beside it and nothing is in raw."""
    assert s3.keys(RAW) == []
    assert s3.uploads == {}
    [reason_key] = [key for key in s3.keys(LAKE, "quarantine/") if key.endswith("/reason.json")]
    [file_key] = [key for key in s3.keys(LAKE, "quarantine/") if key != reason_key]
    assert file_key.rpartition("/")[0] == reason_key.rpartition("/")[0]
    return s3.document(LAKE, reason_key)


LATIN = "México,1,1\n".encode("latin-1")
BAD_FILES = {
    "empty": (b"", "empty", "is empty"),
    "only blank": (b" \n\n", "empty", "is empty"),
    "only a BOM": (b"\xef\xbb\xbf", "empty", "is empty"),
    "gzip of nothing": (packed(b""), "empty", "is empty"),
    "header only": (HEADER, "no_data_rows", "no data rows"),
    "header and blank lines": (HEADER + b"\r\n \n", "no_data_rows", "no data rows"),
    "web page": (b"<!DOCTYPE html><html>404</html>", "html_page", "web page"),
    "web page after blanks": (b"\n\n  <html><body>error</body></html>", "html_page", "web page"),
    "compressed web page": (packed(b"\xef\xbb\xbf <HTML>"), "html_page", "web page"),
    "xml error": (b"<?xml version='1.0'?><Error/>", "other_format", "XML document"),
    "excel": (xlsx(), "zip_or_excel", "send the csv"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "zip_or_excel", ".xls"),
    "parquet": (b"PAR1" + b"\0" * 20, "other_format", "Parquet"),
    "gzip in gzip": (packed(packed(GOOD)), "compressed_twice", "twice"),
    "cut off": (packed(GOOD)[:-9], "gzip_truncated", "cut off"),
    "cut off in the second member": (packed(GOOD) + packed(GOOD)[:15], "gzip_truncated", "cut off"),
    "damaged": (packed(GOOD)[:-6] + b"\1\2" + packed(GOOD)[-4:], "gzip_corrupt", "gzip -t"),
    "more after gzip": (packed(GOOD) + b"more", "gzip_trailing_data", "not gzip"),
    "one byte after gzip": (packed(GOOD) + b"x", "gzip_trailing_data", "not gzip"),
    "utf-16": (GOOD.decode().encode("utf-16"), "bad_encoding", "UTF-16"),
    "utf-16 without a mark": (GOOD.decode().encode("utf-16-le"), "bad_encoding", "NUL"),
    "a nul byte": (GOOD + b"AM,1\0,1\n", "bad_encoding", f"in line {GOOD.count(10) + 1}:"),
    "header below a comment": (
        b"# made by hand\n" + GOOD,
        "header_mismatch",
        "the header stands in line 2, not in line 1",
    ),
    "header below two blank lines": (b"\n\n" + GOOD, "header_mismatch", "the header stands in line 3"),
    "line separator in the header": (
        HEADER.rstrip(b"\n") + "\u2028\n".encode() + b"AM,1,1\n",
        "header_mismatch",
        "invisible character (U+2028)",
    ),
    "zero-width space in the header": (
        b"CARRIER\xe2\x80\x8b" + HEADER[7:] + b"AM,1,1\n",
        "header_mismatch",
        "invisible character (U+200B)",
    ),
    "binary": (HEADER + b"AM,1,\0\1\2\n", "bad_encoding", "NUL"),
    "latin-1 throughout": (HEADER + LATIN * 3 + b"AM,1,1\n", "bad_encoding", "3 of 4 lines"),
    "latin-1 header": ("Año,B\n1,2\n".encode("latin-1"), "bad_encoding", "first line"),
    "old mac": (GOOD.replace(b"\n", b"\r"), "header_mismatch", "lone CR"),
    "missing column": (b"CARRIER,DELAY\nAM,1\n", "header_mismatch", "missing 'NUMBER'"),
    "extra column": (b"CARRIER,NUMBER,DELAY,X\nAM,1,1,1\n", "header_mismatch", "unexpected 'X'"),
    "trailing comma": (b"CARRIER,NUMBER,DELAY,\nAM,1,1,\n", "header_mismatch", "unexpected ''"),
    "column twice": (b"CARRIER,NUMBER,DELAY,DELAY\n1,1,1,1\n", "header_mismatch", "4 columns instead of 3"),
    "other order": (b"CARRIER,DELAY,NUMBER\nAM,1,1\n", "header_mismatch", "from column 2 ('DELAY')"),
    "lower case": (b"carrier,number, delay\nAM,1,1\n", "header_mismatch", "capitals or spaces"),
    "semicolons": (b"CARRIER;NUMBER;DELAY\nAM;1;1\n", "header_mismatch", "semicolons"),
    "no header": (b"AM,1,5\nAM,2,5\n", "header_mismatch", "missing 'CARRIER', 'NUMBER', 'DELAY'"),
    "first line blank": (b"\n" + GOOD, "header_mismatch", "the header stands in line 2"),
    "endless line": (HEADER + b"A" * ((1 << 20) + 1), "line_too_long", "Line 2"),
    "long line between": (GOOD + b"A" * ((1 << 20) + 1) + b"\n" + b"AM,1,1\n", "line_too_long", "Line 5"),
}


@pytest.mark.parametrize(("data", "reason", "says"), BAD_FILES.values(), ids=BAD_FILES.keys())
@pytest.mark.parametrize("pieces", [1, 4000], ids=["at once", "in pieces"])
def test_what_is_not_what_it_says_goes_to_quarantine_with_a_reason(data, reason, says, pieces):
    s3 = FakeS3(piece=len(data) // pieces + 1)
    outcome = send(s3, data)
    written = rejection(s3)
    assert (written["reason"], outcome["reason"]) == (reason, reason)
    assert says.lower() in written["message"].lower()
    assert written["bytes"] == len(data)
    assert written["inbox_key"] == KEY
    [copy] = [key for key in s3.keys(LAKE, f"quarantine/{FEED}/dt=2026-11-23/files/") if key.endswith(".csv")]
    assert s3.body(LAKE, copy) == data
    assert outcome["status"] == "rejected"
    assert outcome["rows_in"] == outcome["rejects"]
    assert s3.document(LAKE, s3.keys(LAKE, "_outcomes/door/dt=2026-11-23/")[0]) == outcome


def test_a_file_with_more_content_than_the_limit_is_refused_early(s3):
    bomb = packed(HEADER + b"AM,1,1\n" * 300_000)
    assert len(bomb) < 10_000
    outcome = send(s3, bomb, max_content_bytes=1_000_000)
    assert rejection(s3)["reason"] == "too_large"
    assert outcome["rows_in"] < 300_000


def test_a_file_too_large_to_be_copied_stays_in_the_inbox_and_the_reason_says_so(s3):
    huge = event(KEY, s3.put(INBOX, KEY, b"-"), 6 << 30)
    handle({"Records": [huge]}, using(s3))
    [reason] = s3.keys(LAKE, "quarantine/")
    assert "stays in the inbox" in s3.document(LAKE, reason)["message"]


@pytest.mark.parametrize(
    ("key", "reason", "folder"),
    [
        ("partner/january.csv", "unknown_feed", "partner/_unknown"),
        ("partner/hotels/january.csv", "unknown_feed", "partner/_unknown"),
        ("partner/legs/2026/january.csv", "wrong_folder", "partner/legs"),
        ("partner/legs/", "wrong_folder", "partner/legs"),
    ],
)
def test_a_file_in_the_wrong_place_is_put_aside_and_the_message_names_the_right_ones(s3, key, reason, folder):
    outcome = send(s3, GOOD, key)
    written = rejection(s3)
    assert written["reason"] == outcome["reason"] == reason
    assert "partner/legs/" in written["message"]
    assert outcome["feed"] == folder
    assert s3.keys(LAKE, f"quarantine/{folder}/dt=2026-11-23/files/")


def test_a_rejected_file_named_reason_json_does_not_overwrite_its_own_reason(s3):
    send(s3, b"", f"{FEED}/reason.json")
    assert rejection(s3)["reason"] == "empty"


def test_a_very_long_name_does_not_make_the_quarantine_key_too_long(s3):
    send(s3, b"", f"{FEED}/{'é' * 480}.csv")
    assert all(len(key.encode()) <= 1024 for key in s3.keys(LAKE))
    assert rejection(s3)["reason"] == "empty"
