"""One alert: what it is, what to do about it, and all that happened to it: transitions and decisions."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from aero_dashboard import components
from aero_dashboard.i18n import MISSING, Translator, plain
from aero_dashboard.live import acts, address, cards, words
from aero_dashboard.live.source import Board, Live
from aero_streaming.alerts.api import Unknown
from aero_streaming.alerts.items import Item
from aero_streaming.alerts.model import SHELVED, Alert
from aero_streaming.alerts.words import WORDS, value_text


def show(live: Live, board: Board, key: str, t: Translator) -> None:
    """Show an alert, open or closed; say so where there is none of that name."""
    st.button(
        t("live.back"), key="live_back", icon=":material/arrow_back:", on_click=address.open_alert, args=(None,)
    )  # fmt: skip
    try:
        alert = live.alerts.alert(key)
    except Unknown:
        st.info(t("live.unknown_alert", name=plain(key)), icon=":material/search_off:")
        return
    with st.container(border=True, key="live_opened"):
        cards.facts(live, board, alert, t)
        _ended(alert, t)
    _family(live, board, alert, t)
    if alert.is_fired:
        _forms(live, alert, t)
    _transitions(live, alert, t)
    _decisions(live, alert, t)


def _ended(alert: Alert, t: Translator) -> None:
    if alert.close_reason:
        reason = t.known(f"live.closed_{alert.close_reason}", alert.close_reason)
        versions = t("live.versions", fired=plain(alert.fired_on or MISSING), undone=plain(alert.undone_by or MISSING))
        st.caption(f"{reason} · {versions}" if alert.undone_by else reason)


def _family(live: Live, board: Board, alert: Alert, t: Translator) -> None:
    """The alert that explains this one, and those that this one explains."""
    parents = [other for other in board.alerts if other.alert_key == alert.parent_key]
    for parent in parents:
        title = plain(words.title(live.rules.by_id(parent.rule_id), parent, t))
        cards.opener(parent, t("live.parent", title=title), t)
    cards.dependents(live, [other for other in board.alerts if other.parent_key == alert.alert_key], t)


def _forms(live: Live, alert: Alert, t: Translator) -> None:
    left, right = st.columns(2, gap="large")
    with left, st.form("live_form_acknowledge", enter_to_submit=False):
        st.text_area(t("live.note"), key=acts.field(acts.NOTE, alert), max_chars=acts.LONGEST_NOTE, height=80)
        st.form_submit_button(
            t("live.acknowledge"), type="primary", icon=":material/front_hand:", key="live_do_acknowledge",
            disabled=alert.acknowledged_at is not None, on_click=acts.acknowledge, args=(live, t, alert, True),
        )  # fmt: skip
    with right, st.form("live_form_shelve", enter_to_submit=False):
        if alert.state == SHELVED:
            st.caption(t("live.unshelve_reading"))
            st.form_submit_button(
                t("live.unshelve"), on_click=acts.unshelve, args=(live, t, alert), key="live_do_unshelve"
            )  # fmt: skip
            return
        st.selectbox(
            t("live.shelve_for"), acts.SHELF_MINUTES, index=1, key=acts.field(acts.MINUTES, alert),
            format_func=lambda minutes: t("live.minutes", count=t.integer(minutes)),
        )  # fmt: skip
        st.text_input(t("live.reason"), key=acts.field(acts.REASON, alert), max_chars=acts.LONGEST_NOTE)
        st.form_submit_button(
            t("live.shelve"), icon=":material/snooze:", on_click=acts.shelve, args=(live, t, alert),
            key="live_do_shelve",
        )  # fmt: skip


def _transitions(live: Live, alert: Alert, t: Translator) -> None:
    components.section(t("live.transitions_title"), t("live.transitions_reading"))
    lines = live.alerts.transitions_of(alert.alert_key)
    if not lines:
        st.markdown(f":gray[{t('live.no_transition')}]")
        return
    rule = live.rules.by_id(alert.rule_id)
    texts = WORDS[t.language]

    def figure(value: float | None) -> str:
        return value_text(rule, value, texts) if rule else t.decimal(value)

    rows: list[dict[str, Any]] = [
        {
            t("live.col_at"): utc(line["at"]),
            t("live.col_kind"): kind(line["kind"], t),
            t("live.col_level"): texts.get(line.get("level_after", ""), MISSING),
            t("live.col_state"): words.state(line["state_after"], t),
            t("live.col_value"): figure(line.get("value")),
            t("live.col_limit"): figure(line.get("limit")),
            t("live.col_n"): t.integer(line.get("n")),
            t("live.col_by"): words.who(line.get("by"), t),
            t("live.col_told"): t.known(f"live.told_{line['notify_state']}", line["notify_state"]),
            t("live.col_why"): _why(line, t),
        }
        for line in lines
    ]
    components.table(pd.DataFrame(rows), {}, {}, "live_transitions")


def _why(line: Item, t: Translator) -> str:
    """Return the details of a transition: its reason, and the rule versions it fired and was undone on."""
    sentences: list[str] = []
    if reason := line.get("reason"):
        sentences.append(t.known(f"live.closed_{reason}", reason))
    if undone := line.get("undone_by"):
        sentences.append(t("live.versions", fired=line.get("fired_on", MISSING), undone=undone))
    if step := line.get("step"):
        sentences.append(t("live.step", step=step))
    if until := line.get("until"):
        sentences.append(t("live.until", at=utc(until)))
    return "; ".join(sentences) or MISSING


def _decisions(live: Live, alert: Alert, t: Translator) -> None:
    components.section(t("live.decisions_title"))
    decisions: Sequence[Item] = live.alerts.decisions_of(alert.alert_key)
    if not decisions:
        st.markdown(f":gray[{t('live.no_decision')}]")
        return
    rows = [
        {
            t("live.col_at"): utc(decision["at"]),
            t("live.col_kind"): kind(decision["decision"], t),
            t("live.col_by"): decision["who"],
            t("live.col_note"): decision.get("note", MISSING),
            t("live.col_until"): utc(decision["until"]) if decision.get("until") else MISSING,
            t("live.col_arrived"): utc(decision["decided_at"]),
        }
        for decision in decisions
    ]
    components.table(pd.DataFrame(rows), {}, {}, "live_decisions")


def kind(name: str, t: Translator) -> str:
    """Return what a transition or a decision is, in words."""
    return t.known(f"live.kind_{name}", name)


def utc(value: str) -> str:
    """Return a time as tables show it: sortable text, in UTC."""
    return value.replace("T", " ").removesuffix("Z")[:19]
