"""The traffic lights on screen: the status by the rules, and how it looks without colour: letter, shape, text."""

from dataclasses import dataclass

from aero_dashboard.i18n import Translator
from aero_dashboard.kpis import Kpi
from aero_streaming.rules import Rule, Status, rules, status


@dataclass(frozen=True)
class Look:
    """The look of one status: a shape that differs in outline, a colour of the theme."""

    shape: str
    badge: str
    colour: str


#: Bluish green, amber, vermilion: apart for red-green blind eyes too; a test holds them to it.
LOOKS: dict[str, Look] = {
    "V": Look("●", "green", "#00775A"),
    "A": Look("▲", "orange", "#E0A100"),
    "R": Look("■", "red", "#B93A1B"),
    "gris": Look("○", "gray", "#8A949C"),
}


@dataclass(frozen=True)
class Light:
    """A status and the rule behind it; without a rule it is grey and says so."""

    status: Status
    rule: Rule | None
    legs: int
    minimum: int

    def text(self, t: Translator) -> str:
        """Say the status in words: ● V · en meta."""
        look = LOOKS[self.status]
        if self.rule is None:
            return f"{look.shape} {t('light.no_rule')}"
        if self.status == "gris":
            return f"{look.shape} {t('light.gris')}"
        return f"{look.shape} {t(f'light.letter_{self.status}')} · {t(f'light.{self.status}')}"

    def explain(self, t: Translator) -> str:
        """Say what the status was held against."""
        if self.rule is None:
            return t("light.no_rule_help")
        limits = {
            "green": t.decimal(self.rule.green_percent),
            "amber": t.decimal(self.rule.amber.enter_percent),
            "red": t.decimal(self.rule.red.enter_percent),
            "minimum": t.integer(max(self.minimum, self.rule.minimum_legs)),
            "evidence": t(f"light.evidence_{self.rule.evidence}"),
            "rule": self.rule.id,
        }
        return t("light.help", **limits)


def of_share(kpi: str | None, scope: str, days: int, on_time: int, legs: int, minimum: int) -> Light:
    """Judge a share of legs by the rule for its KPI, scope and number of days."""
    rule = rules().find(kpi, scope, days) if kpi else None
    colour: Status = status(rule, on_time, legs, minimum) if rule else "gris"
    return Light(colour, rule, legs, minimum)


def of_kpi(kpi: Kpi, scope: str, days: int, minimum: int) -> Light | None:
    """Judge a figure of the strip; None where no rule could ever speak of it."""
    if kpi.rule is None:
        return None
    # A completion factor counts every leg: the reader's minimum sample is about samples.
    own = 0 if kpi.key == "completion" else minimum
    return of_share(kpi.rule, scope, days, int(kpi.numerator), kpi.legs, own)
