"""`aero feed template`: an empty table with the headings of a feed, for a person to fill in."""

import csv
import io

from aero_assets.feeds import Feed
from aero_assets.feeds.tables import Table
from aero_streaming.airline import airline

#: The cell that marks the example; the typed step puts a row with it aside.
EXAMPLE = {"es": "EJEMPLO: borre esta línea", "en": "EXAMPLE: delete this line"}
NOTE = {"es": "Nota", "en": "Note"}
#: Above the header: figures of the template have a point, and nobody has to guess.
DECLARED = "decimal: ."


class NoTemplateError(ValueError):
    """A feed whose files are not written by hand."""


def template(feed: Feed, language: str) -> str:
    """Return CSV text: for a table its headings and one line marked as an example, for plain CSV its header."""
    if feed.layout.table:
        return _of_table(feed.layout.table, language)
    if feed.arrival != "file" or feed.format != "csv" or feed.layout.preamble_lines:
        raise NoTemplateError(f"{feed.path} is {feed.about}: nobody writes it by hand, so there is no template of it")
    return _csv([feed.header])


def _of_table(table: Table, language: str) -> str:
    filled = {name: column for name, column in table.columns.items() if column.sample}
    # Names stand in the register by pairs: Spanish, then English.
    headings = [column.names[language == "en"] for column in filled.values()]
    samples = [airline().filled(column.sample) for column in filled.values()]
    return f"{DECLARED}\r\n" + _csv([[*headings, NOTE[language]], [*samples, EXAMPLE[language]]])


def _csv(rows: list) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
