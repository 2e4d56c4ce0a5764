"""Why a file is turned away: one code and one sentence each, written for the person who sent it.

A message says what is wrong, where, and what to do. Codes are stable: the ledger and the board count by them.
"""

from __future__ import annotations

from collections.abc import Iterable

SEND_CSV = "Send the CSV itself, plain or gzip-compressed (.csv or .csv.gz)."


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


def html_page() -> RejectedFile:
    """A web page saved under the name of a data file, as a failed download does."""
    return RejectedFile(
        "html_page",
        "The file is a web page (HTML), often the error page of a failed download. Open it in a browser to see "
        f"what went wrong, then download again. {SEND_CSV}",
    )


def other_format(what: str) -> RejectedFile:
    """A known format that is not CSV."""
    return RejectedFile("other_format", f"This is {what}, not a CSV file. {SEND_CSV}")


def zip_or_excel(what: str) -> RejectedFile:
    """A zip archive or a workbook."""
    return RejectedFile("zip_or_excel", f"This is {what}. {SEND_CSV}")


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


def bad_encoding(what: str) -> RejectedFile:
    """Not UTF-8 text."""
    return RejectedFile(
        "bad_encoding",
        f"{what} Export the file as UTF-8 text (in Excel: «CSV UTF-8») and send it again.",
    )


def line_too_long(line: int, limit: int) -> RejectedFile:
    """A line longer than any row can be: no line ends, or a binary file."""
    return RejectedFile(
        "line_too_long",
        f"Line {line:,} is longer than {limit:,} bytes. Lines must end with a line feed (or CR LF); check the "
        "export and send the file again.",
    )


def header_mismatch(feed: str, problem: str, header: Iterable[str]) -> RejectedFile:
    """The first line does not name the columns that were agreed."""
    return RejectedFile(
        "header_mismatch",
        f"The first line is not the header of {feed}: {problem}. It must be exactly: {','.join(header)}",
    )


def folders(feeds: Iterable[str]) -> str:
    """The folders of the registered feeds, as a sentence part."""
    return ", ".join(f"{feed}/" for feed in sorted(feeds)) or "none, no feed is registered yet"
