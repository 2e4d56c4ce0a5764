"""Files that are written from the register of figures are as they would be written now."""

import pytest

from aero_streaming.figures import figures
from aero_streaming.rules import rules
from tools.figures import ROOT, texts

COMMAND = "run `python -m tools.figures` and commit what it writes"


@pytest.mark.parametrize("path", texts(), ids=lambda path: f"{path.relative_to(ROOT)}")
def test_a_written_file_is_what_the_register_says_now(path) -> None:
    assert path.read_text(encoding="utf-8") == texts()[path], COMMAND


def test_figures_that_rules_are_said_to_use_are_those_that_they_name() -> None:
    assert {rule.kpi for rule in rules().rules} == {kpi.id for kpi in figures().used_by("rules")}


def test_the_dictionary_has_every_figure_in_both_languages() -> None:
    text = texts()[ROOT / "docs" / "kpis.md"]
    for kpi in figures().kpis.values():
        assert f"## {kpi.name['es']} · {kpi.name['en']}\n\n`{kpi.id}`" in text
        assert all(kpi.help[language] in " ".join(text.split()) for language in ("es", "en"))


def test_the_case_that_had_three_answers_has_one() -> None:
    """200 legs, 20 cancelled, 10 diverted, 17 of the others late: the stream said 90.0 %, pages 85.0 % or 76.5 %."""
    cancelled = {"is_cancelled": True, "is_departure_due": True, "is_arrival_due": True}
    flown = {"is_operated": True, "is_departure_due": True, "is_arrival_due": True, "departure_delay_minutes": 0}
    legs = [cancelled] * 20 + [{**flown, "is_diverted": True}] * 10
    legs += [{**flown, "arrival_delay_minutes": 15}] * 17 + [{**flown, "arrival_delay_minutes": 14}] * 153
    found = {name: figures().kpis[name] for name in ("otp_a14", "otp_a14_dot", "completion")}
    values = {
        name: round(100 * kpi.value({total.id: total.of_rows(legs) for total in kpi.sums}), 1)
        for name, kpi in found.items()
    }
    assert values == {"otp_a14": 85.0, "otp_a14_dot": 76.5, "completion": 90.0}
