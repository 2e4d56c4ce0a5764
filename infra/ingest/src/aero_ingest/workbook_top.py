"""The first rows of every sheet of a workbook, and the number of rows: to find a header that may stand anywhere."""

from __future__ import annotations

import itertools
import zipfile
from dataclasses import dataclass
from typing import IO

from aero_ingest import workbook


@dataclass(frozen=True)
class Top:
    """The first rows of a sheet as texts, and the numbers of its rows that have a value, both from 0."""

    rows: list[tuple[str, ...]]
    filled: list[int]

    def below(self, row: int) -> int:
        """Return the number of rows with a value below a row."""
        return sum(number > row for number in self.filled)


def top_rows(file: IO[bytes], rows: int) -> dict[str, Top]:
    """Return the first rows of every sheet of a workbook that nobody agreed on; raises RejectedFile as `check` does."""
    workbook.check_directory(file)
    with zipfile.ZipFile(file) as archive:
        workbook.check_archive(archive)
        return {name: _top(archive, part, rows) for name, part in workbook.all_sheets(archive).items()}


def _top(archive: zipfile.ZipFile, part: str, rows: int) -> Top:
    cells = _TopCells(rows)
    workbook.walk(archive, part, cells.start, cells.end, cells.text)
    numbers = {int(text) for row in cells.rows for shared, text in row.values() if shared and text.isdigit()}
    texts = dict(workbook.shared_texts(archive, numbers))
    top = [
        tuple(
            " ".join((texts.get(int(text), "") if shared and text.isdigit() else text).split())
            for shared, text in (row.get(place, (False, "")) for place in range(max(row, default=-1) + 1))
        )
        for row in cells.rows
    ]
    return Top(top, cells.filled)


class _TopCells:
    """Collects the cells of the first rows of a sheet by their places, and the numbers of rows that have a value."""

    def __init__(self, rows: int) -> None:
        self.rows: list[dict[int, tuple[bool, str]]] = [{} for _ in range(rows)]
        self.filled: list[int] = []
        self._row, self._place = -1, -1
        self._shared = self._inside = self._filled = False
        self._text = ""

    def start(self, tag: str, said: dict[str, str]) -> None:
        """Enter an element."""
        if tag == "row":
            number = said.get("r", "")
            self._row = int(number) - 1 if number.isdigit() else self._row + 1
            self._place, self._filled = -1, False
        elif tag == "c":
            self._place = _place_of(said.get("r", ""), self._place + 1)
            self._shared, self._text = said.get("t") == "s", ""
        elif tag in ("v", "t"):
            self._inside = True

    def end(self, tag: str) -> None:
        """Leave an element."""
        if tag in ("v", "t"):
            self._inside = False
        elif tag == "c" and self._text:
            self._filled = True
            if 0 <= self._row < len(self.rows) and self._place < workbook.MAX_HEADINGS:
                self.rows[self._row][self._place] = (self._shared, self._text)
        elif tag == "row" and self._filled:
            self.filled.append(self._row)

    def text(self, text: str) -> None:
        """Take some of the text of a cell."""
        if self._inside and len(self._text) < workbook.MAX_TEXT:
            self._text += text


def _place_of(reference: str, next_place: int) -> int:
    """Return the place from 0 of a cell, by its reference (`C5` is 2)."""
    letters = "".join(itertools.takewhile(str.isalpha, reference.upper()))
    place = 0
    for letter in letters[:3]:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1 if letters.isascii() and letters else next_place
