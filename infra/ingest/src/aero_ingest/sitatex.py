"""Message files of SITATEX: a name behind a sign on one line, its value on the next, the text behind =TEXT.

=PRIORITY
QU
=ORIGIN
MEXKKAM
=MSGID
271354
=SMI                          what the message is; the text may say it again, or begin with its flight
MVT
=TEXT
AM0905/27.XAMAZ.MEX
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aero_ingest.message_kinds import BODY, GLUED, bare

TEXT, KIND = "=TEXT", "=SMI"
#: Names whose values look like the first line of a message and are none.
ABOUT = (KIND, "=SUBJECT")


def below_names(lines: Iterable[str]) -> Iterator[str]:
    """Yield as many lines, so that the first line of the message stands where its text begins, once.

    What stands behind =SMI takes the place of =TEXT, unless the text says it again.
    """
    name = kind = ""
    is_due = False
    for line in lines:
        plain = bare(line.strip().upper())
        if is_due:
            yield f"{TEXT}\n" if not kind or plain in BODY or GLUED.match(plain) else f"{kind}\n"
            is_due, kind = False, ""
        if plain == TEXT:
            is_due = True
        elif name in ABOUT:
            kind = plain if name == KIND else kind
            yield "\n"
        else:
            yield line
        name = plain
    if is_due:
        yield f"{TEXT}\n"


def is_named(text: str) -> bool:
    """Return True if a text has names of SITATEX."""
    return TEXT in text or "=text" in text
