"""The airline is described in one file: another airline edits it."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from aero_airline.network import based_elsewhere, routes
from aero_assets.zones import airports
from aero_streaming.airline import AIRLINE, AirlineError, airline, read
from aero_streaming.figures import figures

PROJECT = Path(__file__).parents[3]
SOURCES = PROJECT / "infra" / "streaming" / "src"
ROOMS = (
    "infra", "aero_assets", "aero_dashboard", "aero_airline", "aero_local", "aero_drills", "aero_cli", "proof", "tools"
)  # fmt: skip
#: Files that may name an airport, an authority or the currency of the airline, and why.
ALLOWED = {
    "aero_airline/parameters.py": "fog is of a place, whoever flies there",
    "tools/build_airports.py": "the day an airport was opened",
    "aero_assets/defs/typed/macros.py": "AM is the time of day before noon",
    "infra/ingest/src/aero_ingest/tables.py": "all currencies of ISO 4217",
    "proof/other_readers.py": "flights of recorded files",
    "aero_assets/defs/typed/table_values.py": "signs of currencies that people write, of any airline",
}
TEXT = AIRLINE.read_text(encoding="utf-8")
#: The airline as every part of the platform sees it, in a process of its own.
ASK = """
import json
from datetime import date
from aero_airline.airline import Airline
from aero_airline.teletype import PRIORITY
from aero_airline.coupons import CURRENCIES
from aero_airline.opsdb import RATES
from aero_dashboard.filters import Filters
from aero_dashboard.i18n import catalogue
from aero_streaming.alerts.setup import message_settings
from aero_streaming.flink.sql import SINKS, statements
from aero_streaming.rules.stations import hubs

day = Airline().day(date(2026, 9, 15))
print(json.dumps({
    "carriers": sorted({leg.carrier for leg in day.legs}), "teletype": PRIORITY,
    "currencies": [CURRENCIES[0][0], next(iter(RATES))], "hubs": sorted(hubs()),
    "flink": "'BOG'" in " ".join(statements({}, dict.fromkeys(SINKS, {}))),
    "page": [Filters().language, Filters().definition],
    "footer": catalogue("en")["footer.not_affiliated"], "example": catalogue("en")["live.history_example"],
    "notification": [message_settings().language, message_settings().utc_offset_minutes],
}))
"""


def facts() -> set[str]:
    """Facts that only this file may hold: codes of carriers, hubs, money; its name."""
    ours = airline()
    return {ours.mainline, ours.regional, *ours.hubs, ours.currency, ours.name}


#: One of the facts as a word, or before a digit as in `AM905`.
NAMED = re.compile(rf"\b(?:{'|'.join(sorted(facts()))})(?![A-Za-z])")


def texts_of(path: Path) -> Iterator[str]:
    """Yield every text in a Python or TOML file that a program reads; docstrings and comments are for people."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from _values(tomllib.loads(source))
        return
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def _values(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for part in value.values() for text in _values(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _values(part))
    elif isinstance(value, str):
        yield value


def test_no_other_file_says_whose_airline_this_is():
    files = [path for room in ROOMS for kind in ("*.py", "*.toml") for path in (PROJECT / room).rglob(kind)]
    assert len(files) > 300
    repeated = {
        str(path.relative_to(PROJECT)): sorted(found)
        for path in files
        if path != AIRLINE and (found := {text for text in texts_of(path) if NAMED.search(text)})
    }
    assert {name: found for name, found in repeated.items() if name not in ALLOWED} == {}


def test_what_the_airline_is_fits_what_the_platform_knows():
    ours = airline()
    stations = [airport for found in ours.stations.values() for airport in found]
    assert {*ours.hubs, *stations} <= airports().keys()
    assert ours.punctuality in {kpi.otp.definition for kpi in figures().kpis.values() if kpi.otp}
    assert {airports()[hub].country for hub in ours.hubs} == {ours.country}
    assert {route.base for route in routes()} | {base for base, _ in based_elsewhere()} <= set(ours.hubs)


def test_another_airline_goes_through_by_editing_the_file(tmp_path):
    shutil.copytree(SOURCES / "aero_streaming", tmp_path / "aero_streaming")
    edits = {
        'name = "Aeroméxico"': 'name = "Another"', 'mainline = "AM"': 'mainline = "ZZ"',
        'regional = "5D"': 'regional = "Z9"', 'currency = "MXN"': 'currency = "COP"',
        'language = "es"': 'language = "en"',
        '"NLU"]': '"NLU", "BOG"]', "utc_offset_minutes = -360": "utc_offset_minutes = -300",
        'punctuality = "cirium_a14"': 'punctuality = "oag_a14"',
    }  # fmt: skip
    edited = TEXT
    for old, new in edits.items():
        assert old in edited
        edited = edited.replace(old, new)
    (tmp_path / "aero_streaming" / "airline" / "airline.toml").write_text(edited, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AERO_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**environment, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "carriers": ["Z9", "ZZ"],
        "teletype": "QU MEXOOZZ",
        "currencies": ["COP", "COP"],
        "hubs": ["BOG", "GDL", "MEX", "MTY", "NLU"],
        "flink": True,
        "page": ["en", "oag_a14"],
        "footer": "Not affiliated with Another, AFAC or any other airline.",
        "example": "ZZ905 or MEX-GDL",
        "notification": ["en", -300],
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('mainline = "AM"', 'mainline = "AMX"', "mainline = 'AMX' must look like"),
        ('language = "es"', 'language = "fr"', "language = 'fr' must look like es|en"),
        ('currency = "MXN"\n', "", "`currency` is missing"),
        ('currency = "MXN"', 'currency = "MXN"\nmoney = "MXN"', "`money` is missing or means nothing here"),
        ("utc_offset_minutes = -360", 'utc_offset_minutes = "-6"', "must be whole minutes"),
        ('"MTY", "NLU"]', '"MTY", "DFW"]', "'DFW' is no IATA code of an airport, or stands twice"),
        ('connecting_hubs = ["MEX"', 'connecting_hubs = ["CUN"', "`connecting_hubs` some of them"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path, old, new, says):
    path = tmp_path / "airline.toml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AirlineError) as caught:
        read(path)
    assert f"{caught.value}".startswith(f"{path}: ")
    assert says in f"{caught.value}"
