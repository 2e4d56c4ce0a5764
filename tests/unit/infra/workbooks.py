"""Workbooks made by hand, small enough to spoil in every way: a sheet of two keys and one figure by month."""

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from aero_ingest.doors import Door

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADINGS = ("FROM", "TO", *MONTHS, "Total")
DOOR = Door(
    "partner/traffic", ("A",), "contract-3", "xlsx", {"workbook": {"header_row": 2, "sheets": {"REG": list(HEADINGS)}}}
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def row(number: int, *cells: object) -> str:
    """A row of a sheet: text inline, numbers as they are."""
    said = (
        f'<c t="inlineStr"><is><t>{cell}</t></is></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
        for cell in cells
    )
    return f'<row r="{number}">{"".join(said)}</row>'


def sheet(*rows: str, before: str = "") -> str:
    """A sheet of these rows."""
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


GOOD = sheet(row(1, "2022"), row(2, *HEADINGS), row(3, "MEX", "CUN", *range(12), 66), row(5, "MEX", "GDL", *range(13)))


def parts(data: str = GOOD, name: str = "REG") -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet."""
    return {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId7"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        '<Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": data,
    }


def zipped(contents: dict[str, str | bytes]) -> bytes:
    """A zip archive of these parts, deflated."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(f"{PurePosixPath(name)}", data)
    return buffer.getvalue()
