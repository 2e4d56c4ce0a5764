"""Two languages: the same keys, the same blanks, nothing said outside the catalogues, figures as Mexico writes them."""

import ast
import re
from datetime import UTC, date, datetime
from string import Formatter

import numpy as np
import pandas as pd
import pytest

from aero_assets.environment import PROJECT
from aero_dashboard.i18n import LOCALES, MISSING, Translator, catalogue, plain
from tests.dashboard.warehouse import TABLES

CODE = sorted((PROJECT / "aero_dashboard").rglob("*.py"))
NO_BREAK = "\u00a0"
#: Methods of Streamlit and Altair whose first argument people read.
SPEAKING = {
    "badge", "caption", "checkbox", "date_input", "error", "expander", "header", "info", "markdown", "metric",
    "multiselect", "number_input", "radio", "segmented_control", "selectbox", "subheader", "success", "text", "title",
    "toggle", "warning", "write",
}  # fmt: skip


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_catalogues_have_the_same_keys():
    assert set(catalogue("es")) == set(catalogue("en"))


def test_a_text_has_the_same_blanks_in_both_languages_and_is_not_empty():
    for key, spanish in catalogue("es").items():
        english = catalogue("en")[key]
        assert blanks(spanish) == blanks(english), key
        assert spanish.strip(), key
        assert english.strip(), key


def keys_asked_for() -> set[str]:
    """Constants that look like keys; names of tables look like them too."""
    sections, found = {name.partition(".")[0] for name in catalogue("es")}, set()
    for path in CODE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        pieces = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in pieces:
                section, dot, rest = node.value.partition(".")
                if dot and section in sections and rest.isidentifier():
                    found.add(node.value)
    return found - set(TABLES)


def patterns_asked_for() -> list[re.Pattern[str]]:
    """Return the keys that f-strings like t(f"cause.{cause}") can ask for."""
    found = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and len(node.values) > 1:
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
                ]
                found.append(re.compile("".join(parts)))
    return found


def test_every_text_that_code_asks_for_exists():
    asked = keys_asked_for()
    assert len(asked) > 100
    assert asked <= set(catalogue("es"))


def test_every_text_of_the_catalogue_is_asked_for_somewhere():
    asked, patterns = keys_asked_for(), patterns_asked_for()
    unused = {key for key in catalogue("es") if key not in asked and not any(p.fullmatch(key) for p in patterns)}
    assert not unused


def test_no_words_are_said_outside_the_catalogues():
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            said = node.args[0]
            if node.func.attr in SPEAKING and isinstance(said, ast.Constant) and isinstance(said.value, str):
                assert not re.search(r"[A-Za-z]{3}", said.value), f"{path.name}:{node.lineno} says {said.value!r}"


def test_figures_and_dates_read_as_in_mexico():
    t = Translator("es")
    assert t.integer(1234567) == "1,234,567"
    assert t.decimal(1234.56) == "1,234.6"
    assert t.percent(0.8923) == f"89.2{NO_BREAK}%"
    assert t.percent(0.9975, 2) == f"99.75{NO_BREAK}%"
    assert t.signed(1.25) == "+1.2"
    assert t.signed(-0.5) == "-0.5"
    assert t.date(date(2026, 11, 22)) == "22 nov 2026"
    assert t.dates(date(2026, 11, 9), date(2026, 11, 22)) == "9 nov 2026 – 22 nov 2026"
    assert t.dates(date(2026, 11, 9), date(2026, 11, 9)) == "9 nov 2026"
    assert t.time(datetime(2026, 1, 2, 17, 5, tzinfo=UTC)) == "2 ene 2026, 17:05"
    assert t.months()[:4] == ["ene", "feb", "mar", "abr"]


def test_english_differs_in_words_only():
    t = Translator("en")
    assert t.date(date(2026, 1, 2)) == "2 Jan 2026"
    assert t.decimal(1234.5) == "1,234.5"


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_missing_is_a_dash(nothing):
    t = Translator("es")
    assert {t.integer(nothing), t.decimal(nothing), t.percent(nothing), t.date(nothing), t.time(nothing)} == {MISSING}


def test_a_text_that_does_not_exist_is_an_error():
    for language in LOCALES:
        with pytest.raises(KeyError):
            Translator(language)("no.such_text")
    assert Translator("es").known("cause.volcano", "volcano") == "volcano"


def test_text_from_outside_loses_every_mark_of_markup():
    assert plain("<b>*x*</b> [a](b) $y$ `c`") == r"\<b\>\*x\*\</b\> \[a\]\(b\) \$y\$ \`c\`"
