"""The first rows of every sheet of a workbook, and the number of rows: to find a header that may stand anywhere."""

from __future__ import annotations

import itertools
import zipfile
from dataclasses import dataclass
from typing import IO

from aero_ingest import reasons, workbook


@dataclass(frozen=True)
class Top:
    """The first rows of a sheet as texts, and the numbers of its rows that have a value, both from 0.

    `beyond` is the first cell with a value in a column that no table has; empty if there is none.
    """

    rows: list[tuple[str, ...]]
    filled: list[int]
    beyond: str = ""

    def below(self, row: int) -> int:
        """Return the number of rows with a value below a row."""
        return sum(number > row for number in self.filled)


def top_rows(file: IO[bytes], rows: int) -> dict[str, Top]:
    """Return the first rows of every sheet of a workbook that nobody agreed on; raises RejectedFile as `check` does."""
    workbook.check_directory(file)
    with zipfile.ZipFile(file) as archive:
        workbook.check_archive(archive)
        sheets = workbook.all_sheets(archive)
        if len(sheets) > workbook.MAX_SHEETS:
            problem = f"is one of {len(sheets)} sheets; {workbook.MAX_SHEETS} are looked through"
            raise reasons.sheet_too_large(next(iter(sheets)), problem)
        return {name: _top(archive, part, rows) for name, part in sheets.items()}


def _top(archive: zipfile.ZipFile, part: str, rows: int) -> Top:
    cells = _TopCells(rows)
    workbook.walk(archive, part, cells.start, cells.end, cells.text)
    placed = [(row, place) for row, of_row in enumerate(cells.rows) for place in of_row]
    texts = workbook.texts_of(archive, (cells.rows[row][place] for row, place in placed))
    top = [[""] * (max(of_row, default=-1) + 1) for of_row in cells.rows]
    for (row, place), text in zip(placed, texts, strict=True):
        top[row][place] = text
    return Top([tuple(row) for row in top], cells.filled, cells.beyond)


class _TopCells(workbook.Cells):
    """Collects the cells of the first rows of a sheet by their places, and the numbers of rows that have a value."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows: list[dict[int, workbook.Cell]] = [{} for _ in range(rows)]
        self.filled: list[int] = []
        self.beyond = ""
        self._place = -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if tag == "row":
            self._place = -1
        elif tag == "c":
            place = _place_of(attributes.get("r", ""), self._place + 1)
            if place <= self._place:
                raise reasons.damaged("table", f"the cells of row {self.row} are in no order")
            self._place = place

    def take(self) -> None:
        if self._place >= workbook.MAX_COLUMNS:
            self.beyond = self.beyond or f"row {self.row}, column {self._place + 1}"
        elif 0 < self.row <= len(self.rows):
            self.rows[self.row - 1][self._place] = (self.shared, self.value)

    def row_ends(self) -> None:
        self.filled.append(self.row - 1)


def _place_of(reference: str, next_place: int) -> int:
    """Return the place from 0 of a cell, by its reference (`C5` is 2)."""
    letters = "".join(itertools.takewhile(str.isalpha, reference.upper()))
    place = 0
    for letter in letters[:3]:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1 if letters.isascii() and letters else next_place
