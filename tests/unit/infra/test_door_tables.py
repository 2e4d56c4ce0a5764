"""Tables that people keep go through the door as CSV and as workbooks; what is none is told the difference."""

import gzip
import io
import json

import pytest
from openpyxl import Workbook

from aero_assets.feeds import doors
from aero_ingest.doors import load_doors
from tests.unit.infra.door import RAW, send
from tests.unit.infra.fake_s3 import FakeS3

COSTS = "Fecha;Vuelo;Concepto;Importe;Moneda\n2026-11-01;AM905;fuel;10,5;MXN\n2026-11-02;AM905;fuel;x;MXN\n"


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The doors as the Lambda reads them."""
    file = tmp_path_factory.mktemp("zip") / "doors.json"
    file.write_text(json.dumps(doors()), encoding="utf-8")
    return load_doors(file)


def workbook(*rows):
    book, file = Workbook(), io.BytesIO()
    book.active.append(["notas"])
    page = book.create_sheet("Costos")
    for row in rows:
        page.append(row)
    book.save(file)
    return file.getvalue()


SHEET = (("Reporte",), ("Fecha", "Vuelo", None, "Concepto", "Importe (MXN)"), ("2026-11-01", "AM905", 1, "fuel", 2.5))


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (COSTS.encode(), 2), (gzip.compress(COSTS.encode(), mtime=0), 2), (COSTS.encode("utf-16"), 2),
        (("año;x\n" + COSTS).encode("cp1252"), 2), (workbook(*SHEET), 1),
    ],
    ids=["csv", "gzip", "utf-16", "latin", "workbook"],
)  # fmt: skip
def test_a_table_is_kept_as_it_came(packed, body, rows):
    s3 = FakeS3()
    outcome = send(s3, body, "partner/costs/noviembre.csv", doors=packed)
    assert (outcome["status"], outcome["message"], outcome["rows_out"]) == ("accepted", None, rows)
    [key] = s3.keys(RAW, "partner/costs/dt=")
    assert s3.get_object(Bucket=RAW, Key=key)["Body"].read() == body


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (b"Fecha;Vuelo;Concepto;Moneda\n2026-11-01;AM905;fuel;MXN\n", "header_mismatch",
         "The nearest row is row 1 ('Fecha', 'Vuelo', 'Concepto', 'Moneda'): it has no column for AMOUNT: name it "
         "Importe or Amount or Monto"),
        (b"Fecha;Vuelo;Ingreso;Moneda\n2026-11-01;AM905;7;MXN\n", "header_mismatch",
         "These are the columns of partner/revenue: put it there"),
        (b"a,b\n1,2\n", "header_mismatch", "aero feed template partner/costs"),
        (b"Fecha,Fecha de vuelo,Vuelo,Importe\n1,2,3,4\n", "header_mismatch",
         "'Fecha' and 'Fecha de vuelo' mean the same"),
        (workbook(("Fecha", "Vuelo"), ("2026-11-01", "AM905")), "header_mismatch", "row 1 of sheet 'Costos'"),
        (b"Fecha;Vuelo;Importe\n", "no_data_rows", "no data rows"),
        (b"", "empty", "empty"),
        (b"%PDF-1.7", "other_format", "PDF"),
        (workbook(*SHEET)[:-40], "damaged", "cut off"),
        (b"Fecha\0;Vuelo;Importe\n1;2;3\n", "bad_encoding", "NUL"),
        (gzip.compress(COSTS.encode() * 99)[:-9], "gzip_corrupt", "gzip -t"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "zip_or_excel", "old Excel"),
    ],
    ids=["lacks a column", "of another feed", "of none", "twice", "workbook", "no rows", "empty", "pdf", "cut",
         "binary", "cut gzip", "xls"],
)  # fmt: skip
def test_anything_else_is_put_aside_with_the_nearest_row_and_the_difference(packed, body, reason, says):
    outcome = send(FakeS3(), body, "partner/costs/noviembre.csv", doors=packed)
    assert (outcome["status"], outcome["reason"]) == ("rejected", reason)
    assert says in outcome["message"]
