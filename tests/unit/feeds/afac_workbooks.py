"""Workbooks as AFAC lays them out, with the rows a test wants; sums are those of the rows unless it says otherwise."""

import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from aero_assets.feeds import find
from aero_assets.feeds.layouts import Sheet

WORKBOOK: Any = find("partner/afac_sase").layout.workbook
TITLES = {"REG": "EN SERVICIO REGULAR, 2022 / SCHEDULED", "FLET": "EN SERVICIO DE FLETAMENTO, 2022 / CHARTER"}
SAVED = datetime(2022, 8, 18, 23, 28, 21)  # noqa: DTZ001 - as workbooks write it, in UTC
#: Keys of a row, then month → flights, passengers, cargo.
Row = tuple[tuple[str, ...], Mapping[int, tuple[float, float, float]]]
ROWS: Mapping[str, Sequence[Row]] = {
    "REG NAC": [(("MEXICO", "CANCUN"), {1: (10, 1500, 20.5), 2: (9, 1400, 0)})],
    "REG INT": [(("MIAMI", "Estados Unidos", "MEXICO", "Mexico"), {1: (5, 700, 0.125)})],
    "FLET NAC": [(("TOLUCA", "LA PAZ"), {1: (1, 0, 0)})],
    "FLET INT": [(("LAREDO", "Estados Unidos", "QUERETARO", "Mexico"), {2: (2, 0, 900)})],
}

NOTHING: Mapping[tuple[str, str], object] = {}


def write(
    path: Path,
    rows: Mapping[str, Sequence[Row]] = ROWS,
    saved: datetime = SAVED,
    cells: Mapping[tuple[str, str], object] = NOTHING,
) -> Path:
    """Write a workbook of these rows, saved at a time; `cells` overwrites single ones by sheet and place."""
    book = Workbook()
    book.remove(book.active)
    for sheet in WORKBOOK.sheets:
        page = book.create_sheet(sheet.name)
        for line in _lines(sheet, rows[sheet.name]):
            page.append(line)
    for (name, place), value in cells.items():
        book[name][place] = value
    book.save(path)
    # openpyxl stamps the time of saving: a test says when it was.
    replace_part(path, "docProps/core.xml", core(saved))
    return path


def _lines(sheet: Sheet, rows: Sequence[Row]) -> list[list[Any]]:
    keys, width = len(sheet.keys), len(WORKBOOK.months) + 1
    groups = [cell for figure in WORKBOOK.figures for cell in (figure, *[None] * (width - 1))]
    body = []
    for names, months in rows:
        said = [[months.get(month, (0, 0, 0))[figure] for month in range(1, width)] for figure in range(3)]
        body.append([*names, *(cell for block in said for cell in (*block, sum(block)))])
    sums = [sum(column) for column in zip(*(line[keys:] for line in body), strict=True)]
    return [
        [], ["ESTADISTICA OPERACIONAL"], [TITLES[sheet.name.split()[0]]], [],
        ["PAR DE CIUDADES", *[None] * (keys - 1), *groups], list(WORKBOOK.headings(sheet)), *body, [],
        [WORKBOOK.ends_at, *[None] * (keys - 1), *sums], [], ["FUENTE: SICT"],
    ]  # fmt: skip


def replace_part(path: Path, name: str, data: bytes | None) -> None:
    """Put another part into a workbook, or take it out."""
    with zipfile.ZipFile(path) as archive:
        parts: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (parts | {name: data}).items():
            if content is not None:
                archive.writestr(part, content)


def core(saved: datetime) -> bytes:
    """Return the part of a workbook that says when it was saved."""
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dcterms="http://purl.org/dc/terms/"><dcterms:modified>'
        f"{saved:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified></cp:coreProperties>"
    ).encode()
