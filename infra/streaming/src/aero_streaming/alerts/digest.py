"""The daily message about routes that turned red, in Spanish or English. Pure: text from data."""

from collections.abc import Mapping, Sequence
from typing import Any

from aero_streaming.alerts.messages import SUBJECT_LENGTH, Message, ascii_only
from aero_streaming.rules import DayRule

#: Routes of a rule that the message names; the rest is counted.
MOST_NAMED = 10
WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "subject": "Rutas en rojo {day}: {count}", "head": "Rutas que pasaron a rojo el {day}: {count}",
        "line": "  {route}: {value} (límite {limit}{compared}, n = {n})", "more": "  y {count} más",
        "action": "  Acción: {action}", "compared": ", comparado con {compared}", "page": "Página: {url}",
    },
    "en": {
        "subject": "Routes in red {day}: {count}", "head": "Routes that turned red on {day}: {count}",
        "line": "  {route}: {value} (limit {limit}{compared}, n = {n})", "more": "  and {count} more",
        "action": "  Action: {action}", "compared": ", compared with {compared}", "page": "Page: {url}",
    },
}  # fmt: skip
UNITS: Mapping[str, Mapping[str, str]] = {
    "es": {"percent": " %", "points": " puntos", "minutes": " min", "usd": " USD"},
    "en": {"percent": " %", "points": " points", "minutes": " min", "usd": " USD"},
}
ROLE = "digest"


def compose(
    day: str, turned_red: Sequence[Mapping[str, Any]], rules: Mapping[str, DayRule], language: str, url: str = ""
) -> Message:
    """Write the message of a day from the rows of `route_status` that turned red, grouped by rule.

    Made-up data carries its label. `url` is the address of the dashboard, if there is one.
    """
    words = WORDS[language]
    count = len({row["route"] for row in turned_red})
    lines = [words["head"].format(day=day, count=count)]
    for rule_id in dict.fromkeys(row["rule_id"] for row in turned_red):
        rule, rows = rules[rule_id], [row for row in turned_red if row["rule_id"] == rule_id]
        lines.append(rule.title[language])
        lines += [_line(rule, row, language) for row in rows[:MOST_NAMED]]
        if len(rows) > MOST_NAMED:
            lines.append(words["more"].format(count=len(rows) - MOST_NAMED))
        if rule.action:
            lines.append(words["action"].format(action=rule.action[language]))
    lines += sorted({str(row["data_label"]) for row in turned_red if row.get("data_label")})
    if url:
        lines.append(words["page"].format(url=url.rstrip("/")))
    subject = ascii_only(words["subject"].format(day=day, count=count))
    return Message(subject[:SUBJECT_LENGTH], "\n".join(lines), ROLE)


def _line(rule: DayRule, row: Mapping[str, Any], language: str) -> str:
    words = WORDS[language]
    compared = row.get("compared")
    return words["line"].format(
        route=row["route"],
        value=_amount(row["value"], rule.unit, language),
        limit=_amount(row["limit"], rule.unit, language),
        compared="" if compared is None else words["compared"].format(compared=_compared(rule, compared, language)),
        n=row["n"],
    )


def _compared(rule: DayRule, compared: float, language: str) -> str:
    if rule.kpi.is_share:
        return _amount(100 * compared, "percent", language)
    return _amount(compared, rule.kpi.unit, language)


def _amount(value: float, unit: str, language: str) -> str:
    digits = 4 if unit.endswith("_per_km") else 0 if unit == "usd" else 1
    return f"{value:,.{digits}f}{UNITS[language].get(unit, '')}"
