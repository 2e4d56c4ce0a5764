"""The kind of a message, by the first line of its body: kinds read here, and kinds known and not read.

    MVT            MVT COR            COR MVT            PTM            FFM/8            (FPL-AMX905-IS

A kind that is not read is named as what it is, so that it is neither taken for a broken message of another kind nor
swallowed by the message before or behind it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: The code of what is such a kind.
KIND_NOT_READ = "kind_not_read"
IDENTIFIERS = ("MVT", "MVA", "DIV", "LDM")
MARKS = ("COR", "REV")
#: First lines of the kinds that are read: what the message is, and whether it corrects another.
BODY = {
    f"{before}{name}{behind}": (name, bool(before or behind))
    for name in IDENTIFIERS
    for before in ("", *(f"{mark} " for mark in MARKS))
    for behind in ("", *(f"{between}{mark}" for mark in MARKS for between in (" ", "/")))
}
#: Kinds that travel by the same network and are not read here.
NOT_READ = {
    "PTM": "transfer passengers", "PSM": "passengers who need service", "PRL": "passengers who travelled",
    "PNL": "names of passengers", "ADL": "changes of names", "PFS": "final sales", "PIL": "passengers on board",
    "TPM": "passengers in transit", "ETL": "electronic tickets", "FTL": "frequent travellers",
    "PAL": "passengers who need assistance", "CAL": "changes of assistance",
    "SOM": "occupied seats", "SLS": "statistics of a load",
    "UCM": "containers and pallets", "SCM": "a stock of containers", "LUC": "a transfer of containers",
    "CPM": "positions of containers and pallets", "LPM": "a load plan", "UWS": "weights of containers and pallets",
    "ALI": "an abbreviated load", "CLP": "a plan of the cabin", "NTM": "dangerous goods", "RQM": "a request",
    "ASM": "a change of single flights", "SSM": "a change of a schedule", "SIR": "a request for slots",
    "SCR": "a request for slots", "SAM": "a slot", "SRM": "a changed slot", "SLC": "a cancelled slot",
    "BSM": "a bag", "BPM": "a processed bag", "BTM": "a transferred bag", "BUM": "an unloaded bag",
    "BNS": "a bag not seen", "BCM": "control of bags", "BMM": "bags by hand", "BRQ": "a request for bags",
    "FFM": "a cargo manifest", "FWB": "an air waybill", "FHL": "house waybills", "FSU": "the state of a shipment",
    "FSA": "the state of a shipment", "FBL": "booked cargo", "FNA": "an error of cargo", "FMA": "a receipt of cargo",
    "ADM": "a disposition of aircraft", "RAD": "a disposition of aircraft", "FDM": "a departure by the network manager",
    "FUM": "an arrival by the network manager", "DPI": "a plan of departure", "SVC": "the network itself",
}  # fmt: skip
OTHER = re.compile(rf"(?:(?:COR|REV|PDM) )?({'|'.join(NOT_READ)})(?:/[0-9]{{1,3}})?(?: (?:COR|REV|PART[0-9 ]+))?")
#: Texts of other worlds that come by the same lines, and where they belong.
FOREIGN = (
    (re.compile(r"\(?(FPL|CHG|CNL|DLA|DEP|ARR|EST|CPL|RQP|SPL)-.*"), "a message of air traffic services ({})"),
    (re.compile(r"\(?[A-Z][0-9]{4}/[0-9]{2} (NOTAM)[NRC].*"), "a {}"),
    (re.compile(r"(METAR|SPECI) .*"), "a weather report ({}); put it into the folder partner/metar"),
    (re.compile(r"(TAF|SIGMET|AIRMET)\b.*"), "a {}"),
)
#: A flight and its day, as the second line of most kinds begins.
FLIGHT_DAY = re.compile(r"(?:[A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3}) ?[0-9]{1,4}[A-Z]?/[0-9]{1,2}(?![0-9])")
#: The form of the second line of a kind that is not read.
SECOND = re.compile(rf"{FLIGHT_DAY.pattern}.*|UTC|LT|[.-].*|[0-9]{{2}}[A-Z]{{3}}.*")
ACARS = ("DEP", "ARR")
#: The line of a provider that names the flight, and those of its elements that are times of ours.
ACARS_FLIGHT = re.compile(r"FI [A-Z0-9 ]{3,9}(?:/.*)?")
ACARS_TIMES = re.compile(r"/(?:OT|OF|ON|IN) [0-9]")
#: A flight line that can begin a message again below the same identifier: with aircraft and place, or a load's version.
WHOLE_FLIGHT_LINE = re.compile(
    rf"{FLIGHT_DAY.pattern}(?:[A-Z]{{3}}(?:[0-9]{{2}})?)?\.[^. ]{{0,10}}\.(?:[A-Z]{{3}}|[A-Z][0-9]\S*)"
)
GLUED = re.compile(rf"((?:(?:COR|REV) )?(?:{'|'.join(IDENTIFIERS)})(?:[ /](?:COR|REV))?)[ .:]+(?={FLIGHT_DAY.pattern})")


class Kind(NamedTuple):
    """The kind that a first line names, with a description where it is not read."""

    name: str
    description: str = ""


def bare(line: str) -> str:
    """Return a line in capitals with single blanks, as first lines are compared."""
    return " ".join(line.upper().split())


def is_oooi(line: str) -> bool:
    """Return True if a line of an ACARS provider names a flight and times of it."""
    return bool(ACARS_FLIGHT.fullmatch(line) and ACARS_TIMES.search(line))


def unread(line: str, following: str | None = None, *, is_within: bool = False) -> Kind | None:
    """Return the kind that is not read of which a line is the first; None if it is none.

    `following` is the next line, to be surer; `is_within`: the line stands in another message.
    """
    for pattern, description in () if is_within else FOREIGN:
        if match := pattern.fullmatch(line):
            return Kind(match[1], description.format(match[1]))
    # A version behind the name is said of nothing else (FFM/8).
    if (match := OTHER.fullmatch(line)) and (following is None or "/" in line or SECOND.fullmatch(following)):
        return Kind(match[1], f"{match[1]}, a message about {NOT_READ[match[1]]}")
    # Within messages of schedules such words are their parts: NEW, CNL, TIM.
    if following and not is_within and len(line) == 3 and line.isalpha() and FLIGHT_DAY.match(following):
        return Kind(line, f"{line}, a message of a kind that nobody here knows")
    return None
