"""Reasons to turn a file away: one code and one sentence each, written for the person who sent it.

A message says what is wrong, where, and what to do. Codes are stable: the ledger and the board count by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: The name of each format of file, and how it is to be sent.
NAMES = {
    "csv": "a CSV file",
    "lines": "a text file",
    "xlsx": "an Excel workbook",
    "parquet": "a Parquet file",
    "table": "a CSV file or an Excel workbook",
}
SEND = {
    "csv": "Send the CSV itself, plain or gzip-compressed (.csv or .csv.gz).",
    "lines": "Send the text itself, plain or gzip-compressed (.txt or .txt.gz).",
    "xlsx": "Send the Excel workbook itself (.xlsx), not compressed again.",
    "parquet": "Send the Parquet file itself (.parquet), not compressed again.",
    "table": "Send the table as CSV or as an Excel workbook (.xlsx).",
}


class RejectedFile(Exception):
    """This file is not what its place says it is; it goes to quarantine whole."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message

    def not_copied(self) -> RejectedFile:
        """The same verdict on a file that is too large to be copied aside."""
        return RejectedFile(
            self.reason, f"{self.message} It is too large to copy: it stays in the inbox until that expires."
        )


def unknown_feed(key: str, feeds: Iterable[str]) -> RejectedFile:
    """No feed is registered under this folder."""
    return RejectedFile(
        "unknown_feed",
        f"{key} is not in the folder of a registered feed. Put the file into one of: {folders(feeds)}.",
    )


def wrong_folder(key: str, feed: str) -> RejectedFile:
    """The feed is known, but the file lies in a folder below it, or has no name."""
    return RejectedFile("wrong_folder", f"{key} lies too deep. Put the file directly into {feed}/.")


def wrong_name(feed: str, name: str, pattern: str) -> RejectedFile:
    """The name of the file says something that its content does not, and is not a name of that kind."""
    return RejectedFile(
        "wrong_name",
        f"{name} does not say what only the name of a file of {feed} says. Name it as agreed (a regular expression): "
        f"{pattern}",
    )


def gone(key: str) -> RejectedFile:
    """The object was deleted before it could be read."""
    return RejectedFile("gone", f"{key} was deleted before it could be read, so nothing is kept. Send it again.")


def too_large(limit: int) -> RejectedFile:
    """More content than the door takes, or a decompression bomb."""
    return RejectedFile(
        "too_large",
        f"The file holds more than {limit:,} bytes once decompressed. Split it into smaller files, each with "
        "the header, and send those.",
    )


def empty() -> RejectedFile:
    """No content at all."""
    return RejectedFile("empty", "The file is empty. Check the export and send it again.")


def no_data_rows() -> RejectedFile:
    """A header and nothing below it."""
    return RejectedFile(
        "no_data_rows", "The file has a header but no data rows. Check the export's filter and send it again."
    )


def cut_off(feed: str, lines: int, ends_with: str) -> RejectedFile:
    """The line that every file of the feed ends with is not at the end."""
    return RejectedFile(
        "cut_off",
        f"The file ends with line {lines:,}, which does not begin with {ends_with!r} as the last line of every file of "
        f"{feed} does: it was cut off, or something was added. Send the whole file as the publisher gives it.",
    )


def html_page(expected: str = "csv") -> RejectedFile:
    """A web page saved under the name of a data file, as a failed download does."""
    return RejectedFile(
        "html_page",
        "The file is a web page (HTML), often the error page of a failed download. Open it in a browser to see "
        f"what went wrong, then download again. {SEND[expected]}",
    )


def other_format(actual: str, expected: str = "csv") -> RejectedFile:
    """A known format that is not the feed's."""
    return RejectedFile("other_format", f"This is {actual}, not {NAMES[expected]}. {SEND[expected]}")


def zip_or_excel(actual: str, expected: str = "csv") -> RejectedFile:
    """A zip archive, or a workbook where none is wanted or of a kind that is not."""
    return RejectedFile("zip_or_excel", f"This is {actual}. {SEND[expected]}")


def not_one_member(names: Sequence[str]) -> RejectedFile:
    """A zip archive with several files of data, or none."""
    shown = ", ".join(repr(name[:60]) for name in names[:5]) + (" …" if len(names) > 5 else "")
    return RejectedFile(
        "not_one_member",
        f"The zip archive holds {len(names)} files of data{f' ({shown})' if names else ''}, and one is wanted. "
        "Send each file by itself.",
    )


def damaged_archive(archive: str, test: str, detail: str) -> RejectedFile:
    """Packed text that cannot be read to its end; `test` is the command that shows it."""
    return RejectedFile(
        "damaged",
        f"The {archive} is damaged ({detail}): the transfer was cut off perhaps. Test the original with `{test}` and "
        "send it again.",
    )


def encrypted(expected: str) -> RejectedFile:
    """A workbook or Parquet file behind a password or key."""
    return RejectedFile(
        "encrypted", f"The file is encrypted: nobody here has its password. {SEND[expected]} Without a password."
    )


def workbook_with_macros() -> RejectedFile:
    """A workbook that carries code."""
    return RejectedFile("workbook_with_macros", "The workbook carries macros. Save it as .xlsx without them.")


def damaged(expected: str, detail: str) -> RejectedFile:
    """A workbook or Parquet file that cannot be taken apart."""
    return RejectedFile(
        "damaged",
        f"The file is damaged as {NAMES[expected]} ({detail}). Open the original to see whether it is whole and send "
        "it again.",
    )


def wrong_sheets(feed: str, missing: Iterable[str], present: Iterable[str]) -> RejectedFile:
    """A workbook without the sheets that were agreed."""
    return RejectedFile(
        "wrong_sheets",
        f"The workbook lacks a sheet of {feed}: {', '.join(map(repr, missing))}. It has: "
        f"{', '.join(repr(name[:40]) for name in present)}. Send the workbook with its sheets named as agreed.",
    )


def not_calculated(row: int) -> RejectedFile:
    """A formula whose result was not saved: its cell is empty for every reader."""
    return RejectedFile(
        "not_calculated",
        f"A cell of row {row:,} is a formula without a saved result. Open the workbook in Excel, save it and send it "
        "again.",
    )


def sheet_too_large(sheet: str, problem: str) -> RejectedFile:
    """A table in a sheet with values where no table has any, or in a workbook of too many sheets."""
    return RejectedFile("too_large", f"{sheet[:60]!r} {problem}. Send the table in a workbook of its own.")


def too_many_rows(limit: int) -> RejectedFile:
    """More records than a file may hold, however well they are compressed."""
    return RejectedFile(
        "too_many_rows", f"The file holds more than {limit:,} records. Split it into smaller files and send those."
    )


def unlike_lines(feed: str, rows: int, other: int) -> RejectedFile:
    """Text whose lines are not what the feed is made of."""
    return RejectedFile(
        "unlike_lines",
        f"{other:,} of {rows:,} lines do not look like lines of {feed}. Check that the right file was sent.",
    )


def header_not_found(feed: str, line: int, problem: str, header: Iterable[str]) -> RejectedFile:
    """The header does not stand below the preamble that was agreed."""
    return RejectedFile(
        "header_not_found",
        f"Line {line} is not the header of {feed}, which stands below {line - 1} lines of preamble: {problem}. It must "
        f"be exactly: {','.join(header)}",
    )


def preamble_mismatch(feed: str, lines: int, pattern: str, title: str) -> RejectedFile:
    """The lines above the header do not say what belongs to every record; `title` is the first of them."""
    return RejectedFile(
        "preamble_mismatch",
        f"None of the first {lines} lines says what every record of {feed} needs: a line like {pattern}. The file "
        f"begins with {title[:60]!r}. Send a file of {feed} as the publisher gives it, with its preamble.",
    )


def compressed_twice() -> RejectedFile:
    """Gzip inside gzip."""
    return RejectedFile("compressed_twice", "The file was gzip-compressed twice. Compress it once only.")


def gzip_truncated() -> RejectedFile:
    """The compressed stream ends before its end."""
    return RejectedFile(
        "gzip_truncated",
        "The gzip file ends in the middle: the transfer was cut off. Compare its size with the original and "
        "send it again.",
    )


def gzip_corrupt(detail: str) -> RejectedFile:
    """The compressed stream cannot be read, or fails its own checksum."""
    return RejectedFile(
        "gzip_corrupt",
        f"The gzip file is damaged ({detail}). Test the original with `gzip -t` and send it again.",
    )


def gzip_trailing_data() -> RejectedFile:
    """Something that is not gzip follows the compressed stream."""
    return RejectedFile(
        "gzip_trailing_data",
        "After the end of the gzip data there are bytes that are not gzip. Compress the CSV again and send that.",
    )


def bad_encoding(problem: str) -> RejectedFile:
    """Not UTF-8 text."""
    return RejectedFile(
        "bad_encoding",
        f"{problem} Export the file as UTF-8 text (in Excel: «CSV UTF-8») and send it again.",
    )


def lone_carriage_returns() -> RejectedFile:
    """Text whose lines end as they did on old Macs: all of it would be one line."""
    return RejectedFile(
        "lone_carriage_returns",
        "The lines end in a lone carriage return (CR). Save the file with line feeds (LF, or CR LF) and send it again.",
    )


def line_too_long(line: int, limit: int) -> RejectedFile:
    """A line longer than any row can be: no line ends, or a binary file."""
    return RejectedFile(
        "line_too_long",
        f"Line {line:,} is longer than {limit:,} bytes. Lines must end with a line feed (or CR LF); check the "
        "export and send the file again.",
    )


def header_mismatch(
    feed: str, problem: str, header: Iterable[str], where: str = "The first line is not the header"
) -> RejectedFile:
    """The columns are not those that were agreed."""
    return RejectedFile("header_mismatch", f"{where} of {feed}: {problem}. It must be exactly: {','.join(header)}")


def no_table(feed: str, problem: str, nearest: str, other: str) -> RejectedFile:
    """No row of a file names the columns of a feed of tables."""
    row = f"The nearest row is {nearest}: {problem}." if nearest else f"{problem[:1].upper()}{problem[1:]}."
    way_out = (
        f"These are the columns of {other}: put it there."
        if other
        else (f"`aero feed template {feed}` writes an empty table with its headings.")
    )
    return RejectedFile("header_mismatch", f"No row is the header of {feed}. {row} {way_out}")


def columns_missing(feed: str, problem: str, nearest: str = "") -> RejectedFile:
    """A feed is read by the names of its columns, and a name that it needs is not there."""
    way_out = nearest or "export the file with that column, or send it into the folder of its own feed"
    return RejectedFile(
        "header_mismatch",
        f"The file does not name the columns of {feed}: {problem} (order does not matter, nor do further columns); "
        f"{way_out}.",
    )


def folders(feeds: Iterable[str]) -> str:
    """The folders of the registered feeds, as a sentence part."""
    return ", ".join(f"{feed}/" for feed in sorted(feeds)) or "none, no feed is registered yet"
