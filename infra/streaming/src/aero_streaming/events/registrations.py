"""Placeholders that stand where a registration belongs: `XXXXX`, `000000`, `UNKNOW`, `N/A`.

Files, messages and databases fill the field when the aircraft is not known. All such flights would be flown by one
aircraft, so a placeholder means that the aircraft is unknown. The pattern is one that RE2 (DuckDB), Java and Python
read alike.
"""

import re

_WORDS = "NA|NAN|NIL|NONE|NOREG|NOTAIL|NULL|TBA|TBC|TBD|TBN|UNK|UNKN|UNKNO|UNKNOW|UNKNOWN|DUMMY|REG|ACREG|N/A|N[.]A[.]"
_REPEATED = "|".join(f"{character}{character}+" for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
#: The whole of a placeholder, in capitals: a word, one character again and again, a prefix and nothing but filling
#: behind it. A single letter or digit other than 0 and X may be a registration cut short.
PLACEHOLDER = f"{_WORDS}|{_REPEATED}|N[X0?]{{3,}}|[0X]|[?]+|[.]+|[*]+|[/]+|[_]+|[-]+"
_PLACEHOLDER = re.compile(PLACEHOLDER)


def known(registration: str | None) -> str | None:
    """Return a registration as it is, and None where the text is empty or a placeholder."""
    if not registration or _PLACEHOLDER.fullmatch(registration.strip().upper()):
        return None
    return registration
