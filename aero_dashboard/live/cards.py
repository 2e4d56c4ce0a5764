"""Alerts on screen: a card per problem with everything that is known of it, and the alerts that depend on it folded."""

from collections.abc import Sequence

import streamlit as st

from aero_dashboard.i18n import Translator, plain
from aero_dashboard.live import acts, address, words
from aero_dashboard.live.folding import Problem, problems
from aero_dashboard.live.source import Board, Live
from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.setup import message_settings

PROBLEMS, CHILDREN = 40, 60
"""So many are drawn; the gravest come first, and the rest is counted."""


def listing(live: Live, board: Board, t: Translator) -> None:
    """Show what is open: problems first, then those that somebody has put aside."""
    listed = problems(board.alerts)
    aside = [problem for problem in listed if problem.is_put_aside]
    active = [problem for problem in listed if not problem.is_put_aside]
    folded = sum(len(problem.children) for problem in listed)
    st.subheader(t("live.open_title", count=t.integer(len(active))), anchor=False)
    st.caption(t("live.open_reading", folded=t.integer(folded)))
    if not active:
        st.markdown(f":gray[{t('live.none_open')}]")
    _cards(live, board, active, t)
    if aside:
        with st.expander(t("live.aside_title", count=t.integer(len(aside))), icon=":material/snooze:"):
            _cards(live, board, aside, t)


def _cards(live: Live, board: Board, listed: Sequence[Problem], t: Translator) -> None:
    for problem in listed[:PROBLEMS]:
        with st.container(border=True, key=f"live_card_{words.tag(problem.alert)}"):
            facts(live, board, problem.alert, t)
            _buttons(live, problem.alert, t)
            dependents(live, problem.children, t)
    if len(listed) > PROBLEMS:
        st.caption(t("live.more", count=t.integer(len(listed) - PROBLEMS)))


def facts(live: Live, board: Board, alert: Alert, t: Translator) -> None:
    """Show what, where, since when, value, limit, usual, n, flights and what to do."""
    rule = live.rules.by_id(alert.rule_id)
    otherwise = message_settings().utc_offset_minutes
    flights = live.flights(alert)
    on_flight = alert.scope_type == "leg"
    lines = [
        _badges(alert, t),
        f"**{plain(words.line(rule, alert, t))}**",
        *([plain(f"{rule.title[t.language]}: {words.reading(rule, alert, t)}")] if rule and on_flight else []),
        f":gray[{t('live.since')}] {plain(words.since(alert, flights, otherwise, board.now, t))}",
    ]
    behind = words.flights_line(flights, t)
    if behind:
        lines.append(f":gray[{t('live.flights')}] {plain(behind)}")
    if rule:
        lines.append(f":gray[{t('live.action')}] {plain(rule.action[t.language])}")
        if rule.follow_up:
            lines.append(f":gray[{t('live.follow_up')}] {plain(rule.follow_up[t.language])}")
    lines += words.hands(alert, words.offset(alert, flights, otherwise), t)
    st.markdown("  \n".join(lines))


def _badges(alert: Alert, t: Translator) -> str:
    level, colour = words.level(alert, t)
    badges = [f":{colour}-badge[{plain(level)}]", f":gray-badge[{words.state(alert.state, t)}]"]
    if alert.severity:
        badges.append(f":gray-badge[{t('live.severity', severity=t(f'live.severity_{alert.severity}'))}]")
    if alert.is_leading:
        badges.append(f":blue-badge[{t('live.leading')}]")
    if alert.is_unstable:
        badges.append(f":violet-badge[{t('live.unstable')}]")
    if alert.is_shadow:
        badges.append(f":violet-badge[{t('live.shadow')}]")
    if label := alert.facts.get("data_label"):
        badges.append(f":orange-badge[◆ {plain(t.known('label.synthetic', str(label)))}]")
    return " ".join(badges)


def _buttons(live: Live, alert: Alert, t: Translator) -> None:
    with st.container(horizontal=True):
        if alert.acknowledged_at is None:
            st.button(
                t("live.acknowledge"), key=f"live_ack_{words.tag(alert)}", icon=":material/front_hand:",
                on_click=acts.acknowledge, args=(live, t, alert, False),
            )  # fmt: skip
        opener(alert, t("live.details"), t)


def opener(alert: Alert, label: str, t: Translator) -> None:
    """Offer to open an alert."""
    st.button(
        label, key=f"live_open_{words.tag(alert)}", type="tertiary", help=t("live.details_help"),
        on_click=address.open_alert, args=(alert.alert_key,),
    )  # fmt: skip


def dependents(live: Live, children: Sequence[Alert], t: Translator) -> None:
    """Fold the alerts that another one explains, a line each."""
    if not children:
        return
    with st.expander(t("live.children", count=t.integer(len(children))), icon=":material/account_tree:"):
        for child in children[:CHILDREN]:
            rule = live.rules.by_id(child.rule_id)
            level, _ = words.level(child, t)
            line = f"{level} · {words.line(rule, child, t)}"
            opener(child, plain(line), t)
        if len(children) > CHILDREN:
            st.caption(t("live.more", count=t.integer(len(children) - CHILDREN)))
