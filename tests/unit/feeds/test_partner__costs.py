"""Feed partner/costs: tables of finance, in the forms that people keep them; nothing in them is guessed."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from aero_assets.defs.typed import table_counts
from aero_assets.defs.typed.table_values import Declared, UnreadError, amount, day, flight, route
from aero_assets.feeds import find
from aero_cli.feeds.feed_template import template
from tests.judging import judged

FEED = find("partner/costs")
ROW = "2026-11-01;AM 905;MEX-CUN;Combustible;18.500,50;MXN"
HEADER = "Fecha;Vuelo;Ruta;Concepto;Importe;Moneda"


def read(text):
    """The records of a table: reason, or what counts of it."""
    return [
        row["reason"]
        or tuple(row[name] for name in ("carrier", "flight_number", "origin", "cost_line", "amount", "currency"))
        for row in judged(FEED, text)
    ]


FUEL = ("AM", 905, "MEX", "fuel", 18500.5, "MXN")


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADER}\n{ROW}\n".encode(),
        f"{HEADER}\r\n{ROW}\r\n".encode("utf-8-sig"),
        f"{HEADER}\n{ROW}\n".replace(";", "\t").encode("utf-16"),
        f"Costos por línea · año 2026\n\n{HEADER}\n{ROW}\n;;;;;\n".encode("cp1252"),
        "sep=;\nOperating date;Flight no;Sector;Cost type;Amount;Currency\n01/11/2026;AMX905;MEX/CUN;FUEL COST;"
        "18.500,50;mxn\n".replace("01/11/2026", "2026-11-01").encode(),
        b'Importe,Moneda,Concepto,Ruta,Vuelo,Fecha,Comentario\n"18,500.50",MXN,turbosina,MEXCUN,AM0905,2026/11/01,"uno\n'
        b'dos"\n',
        b"FECHA,AEROLINEA,NUMERO DE VUELO,ORIGEN,DESTINO,COSTO DE COMBUSTIBLE (MXN),TRIPULACION (MXN)\n"
        b"1-nov-2026,AM,905,MEX,CUN,18500.5,-\n",
        b"moneda: MXN\naerolinea: AM\nFecha,Vuelo,Origen,Combustible\n2026-11-01,905,MEX,$18500.50\n",
    ],
    ids=["semicolons", "excel", "unicode text", "latin", "english", "commas", "side by side", "declared"],
)
def test_a_table_is_read_by_the_names_of_its_columns(body):
    assert read(body) == [FUEL]


@pytest.mark.parametrize(
    ("text", "declared", "figure"),
    [
        ("1234.5", "", "1234.5"), ("1.234,50", "", "1234.50"), ("1,234.50", "", "1234.50"), ("12,5", "", "12.5"),
        ("1,234,567", "", "1234567"), ("0,125", "", "0.125"), ("1234", "", "1234"), ("1 234", "", "1234"),
        ("1\u00a0234,5", "", "1234.5"), ("1'234.50", "", "1234.50"), ("(1,234.50)", "", "-1234.50"),
        ("-$1,234.50", "", "-1234.50"), ("1234.50-", "", "-1234.50"), ("1,234", ".", "1234"), ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"), ("USD 12.50", "", "12.50"), ("12.50 MXN", "", "12.50"), (".5", "", "0.5"),
        (1234.5, "", "1234.5"), (7, "", "7"),
    ],
)  # fmt: skip
def test_a_figure_is_the_one_value_that_its_marks_allow(text, declared, figure):
    assert amount(text, Declared(decimal=declared))[0] == Decimal(figure)


@pytest.mark.parametrize(
    ("text", "declared", "reason"),
    [
        ("1,234", "", "ambiguous_number"), ("1.234", "", "ambiguous_number"), ("-12.345", "", "ambiguous_number"),
        ("1234.50", ",", "bad_value"), ("1,23,456", "", "bad_value"), ("1e3", "", "bad_value"),
        ("#REF!", "", "bad_value"), ("12.5.", "", "bad_value"), ("=A1*2", "", "bad_value"), ("12 %", "", "bad_value"),
        ("1,2345,678", "", "bad_value"), ("doce", "", "bad_value"), (True, "", "bad_value"), ("$", "", "bad_value"),
        (float("nan"), "", "bad_value"), ("1" * 14, "", "bad_value"),
    ],
)  # fmt: skip
def test_a_figure_of_two_values_or_none_is_refused(text, declared, reason):
    with pytest.raises(UnreadError) as refused:
        amount(text, Declared(decimal=declared))
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "dates", "found"),
    [
        ("2026-11-01", "", date(2026, 11, 1)), ("20261101", "", date(2026, 11, 1)),
        ("27/11/2026", "", date(2026, 11, 27)), ("11/27/2026", "", date(2026, 11, 27)),
        ("3/4/2026", "dmy", date(2026, 4, 3)), ("3/4/2026", "mdy", date(2026, 3, 4)),
        ("4/4/2026", "", date(2026, 4, 4)), ("1 de noviembre de 2026", "", date(2026, 11, 1)),
        ("1-ENE-2026", "", date(2026, 1, 1)), (datetime(2026, 11, 1), "", date(2026, 11, 1)),  # noqa: DTZ001
        ("3/4/2026", "", "ambiguous_date"), ("27/11/2026", "mdy", "bad_value"), ("27/11/26", "", "bad_value"),
        ("31/2/2026", "", "bad_value"), ("46000", "", "bad_value"), ("2026-11", "", "bad_value"),
        (datetime(2026, 11, 1, 8), "", "bad_value"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_date_is_one_day_or_refused(text, dates, found):
    try:
        read_as = day(text, Declared(dates=dates))
    except UnreadError as refused:
        read_as = refused.reason
    assert read_as == found


@pytest.mark.parametrize("text", ["MEX-CUN", "mex/cun", "MEXCUN", "MEX – CUN", "MEX>CUN", "MEX CUN"])
def test_a_route_is_two_airports(text):
    assert route(text, date(2026, 11, 1)) == ("MEX", "CUN")


@pytest.mark.parametrize("text", ["MEX-QQQ", "MEX-MEX", "MEX-GDL-MEX", "MEX", "México-Cancún", "MMMX-MMUN", "7"])
def test_anything_else_is_no_route(text):
    with pytest.raises(UnreadError, match="MEX"):
        route(text, date(2026, 11, 1))


@pytest.mark.parametrize("text", ["905", "AM", "XXX905", "AM00", "AM12345", "AM905/906", "vuelo 905", "AM-", "DL905"])
def test_a_flight_that_is_not_understood_is_refused(text):
    carrier = "AM" if text == "DL905" else ""
    with pytest.raises(UnreadError) as refused:
        flight(text, carrier, {"AMX": "AM"})
    assert refused.value.reason == "unknown_flight"


def refusals(text):
    """Reason and sentence of every refused record."""
    return [(row["reason"], row["message"]) for row in judged(FEED, text) if row["reason"]]


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"AM 905": "905"}, "unknown_flight", "row 2, column Vuelo: '905' has no carrier"),
        ({"MEX-CUN": "MEX-QQQ"}, "unknown_route", "row 2, column Ruta: 'QQQ' is not in our airport table"),
        ({"MXN": "pesos"}, "unknown_currency", "row 2, column Moneda: 'PESOS' is no currency"),
        ({"MXN": ""}, "unknown_currency", "row 2: nothing says the currency: fill a column Moneda"),
        ({"18.500,50": "USD 1.5"}, "unknown_currency", "row 2: it says MXN and USD"),
        ({"18.500,50": "18.500"}, "ambiguous_number", "row 2, column Importe: '18.500' is 18.5 or 18,500"),
        ({"18.500,50": ""}, "missing_value", "amount is empty"),
        ({"2026-11-01": ""}, "missing_value", "row 2, column Fecha: it is empty"),
        ({"2026-11-01": "1/2/2026"}, "ambiguous_date", "row 2, column Fecha: '1/2/2026' is 2026-01-02 or 2026-02-01"),
        ({"Combustible": "café"}, "bad_value", "row 2, column Concepto: 'café' is none of fuel, crew"),
        ({"MXN": "MXN;y más"}, "too_many_columns", "row 2 has 7 columns and the header 6"),
        ({";MXN": ""}, "too_few_columns", "row 2 has 5 columns and the header 6"),
        ({"MEX-CUN": '"MEX-CUN'}, "bad_quotes", "row 2: a quotation mark is not closed"),
        ({"Combustible": "EJEMPLO: combustible"}, "sample_row", "row 2 is the example"),
        ({"2026-11-01": "1986-11-01"}, "date_out_of_range", "outside"),
    ],
)
def test_a_row_that_is_not_understood_is_refused_with_its_row_and_column(change, reason, says):
    row = ROW
    for before, after in change.items():
        row = row.replace(before, after)
    [(refused, message)] = refusals(f"{HEADER}\n{row}\n")
    assert refused == reason
    assert says in message


def test_a_stated_total_is_the_sum_of_the_columns_beside_it():
    header = "Fecha,Vuelo,Moneda,Combustible,Tripulación,Costo total\n"
    assert read(header + "2026-11-01,AM905,USD,10.50,2.25,12.75\n") == [
        ("AM", 905, None, "fuel", 10.5, "USD"), ("AM", 905, None, "crew", 2.25, "USD"),
    ]  # fmt: skip
    assert {reason for reason, _ in refusals(header + "2026-11-01,AM905,USD,10.50,2.25,13\n")} == {"total_mismatch"}


def test_two_invoices_of_a_line_are_told_apart_by_their_reference():
    header = "Fecha,Vuelo,Moneda,Concepto,Importe,Factura\n"
    rows = judged(FEED, header + "2026-11-01,AM905,USD,fuel,10,A\n2026-11-01,AM905,USD,fuel,20,B\n")
    assert [(row["reference"], row["amount"]) for row in rows] == [("A", 10), ("B", 20)]


def workbook(path: Path, *rows: tuple, before: tuple = ()) -> Path:
    """A workbook with a sheet of notes, and a sheet with lines above its header."""
    book = Workbook()
    book.active.append(["Notas", "de nadie"])
    page = book.create_sheet("Costos nov")
    for row in (*before, ("Fecha", "Vuelo", "Ruta", "Combustible", "Moneda"), *rows):
        page.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_by_the_sheet_and_row_that_name_the_columns(tmp_path):
    good = (datetime(2026, 11, 1), "AM905", "MEX-CUN", 18500.5, "MXN")  # noqa: DTZ001
    file = workbook(tmp_path / "a.xlsx", good, (), (*good[:3], "=D5*2", "MXN"), before=(("Costos",), (None, "2026")))
    rows = judged(FEED, file)
    assert [(row["reason"], row["amount"], row["raw_ref"]) for row in rows] == [
        (None, 18500.5, "raw/key#Costos nov!4"), ("bad_value", None, "raw/key#Costos nov!6"),
    ]  # fmt: skip
    assert "row 6, column Combustible: '=D5*2' is no figure" in rows[1]["message"]
    assert table_counts.count(FEED, file) == 2


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_template_is_a_table_of_the_feed_and_its_example_counts_nowhere(language):
    text = template(FEED, language)
    assert [row["reason"] for row in judged(FEED, text)] == ["sample_row"]
    note = "EJEMPLO: borre esta línea" if language == "es" else "EXAMPLE: delete this line"
    [filled] = judged(FEED, text.replace(note, ""))
    assert (filled["reason"], filled["amount"], filled["currency"]) == (None, 18500.5, "MXN")
