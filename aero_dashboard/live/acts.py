"""Actions on the board: acknowledge, put aside, take back. Callbacks of buttons, and the notice each leaves.

A callback is given the revision that the page showed when it was drawn. Whoever was faster wins; the other is told who,
and the page is drawn anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from aero_dashboard.i18n import Translator, plain
from aero_dashboard.live import words
from aero_dashboard.live.source import Live, Refused
from aero_streaming.alerts.acts import NotPossible
from aero_streaming.alerts.api import Conflict, Unknown
from aero_streaming.alerts.model import Alert

#: Widgets: who acts, and the fields of an alert that is open, each with the alert's tag.
WHO, NOTE, REASON, MINUTES = "live_who", "live_note", "live_reason", "live_minutes"
#: Kept beside the widget, which forgets its value while another page is shown.
NAME, NOTICE = "live_name", "live_notice"
SHELF_MINUTES = (15, 30, 60, 120, 240, 480)
LONGEST_NAME, LONGEST_NOTE = 60, 300


@dataclass(frozen=True)
class Notice:
    """The result of the last action: done, refused, or somebody else was faster; `text` is Markdown."""

    kind: str
    text: str


def name_field(t: Translator) -> None:
    """Ask who acts; asked once, kept for the session."""
    st.session_state.setdefault(WHO, st.session_state.get(NAME, ""))
    st.text_input(
        t("live.who"), key=WHO, max_chars=LONGEST_NAME, placeholder=t("live.who_example"), help=t("live.who_help")
    )
    st.session_state[NAME] = st.session_state[WHO]


def acknowledge(live: Live, t: Translator, alert: Alert, with_note: bool) -> None:
    """Acknowledge an alert as it was drawn."""
    note = _text(field(NOTE, alert)) if with_note else ""
    _act(
        live,
        t,
        lambda who: live.alerts.acknowledge(alert.alert_key, who, note or None, alert.revision),
        "live.done_acknowledge",
    )


def shelve(live: Live, t: Translator, alert: Alert) -> None:
    """Put an alert aside for the time chosen, counted from now."""
    reason = _text(field(REASON, alert))
    if not reason:
        _say("refused", t("live.needs_reason"))
        return
    minutes = timedelta(minutes=st.session_state.get(field(MINUTES, alert), SHELF_MINUTES[0]))
    _act(
        live,
        t,
        lambda who: live.alerts.shelve(alert.alert_key, live.alerts.now() + minutes, who, reason, alert.revision),
        "live.done_shelve",
    )


def unshelve(live: Live, t: Translator, alert: Alert) -> None:
    """Take an alert back before its time."""
    _act(live, t, lambda who: live.alerts.unshelve(alert.alert_key, who, alert.revision), "live.done_unshelve")


def _act(live: Live, t: Translator, act: Callable[[str], Alert], done: str) -> None:
    who = _text(WHO)
    if not who:
        _say("refused", t("live.needs_name"))
        return
    try:
        after = act(who)
    except Conflict as conflict:
        winner = plain(words.who(conflict.winner, t))
        _say("conflict", t("live.conflict", winner=winner, state=words.state(conflict.alert.state, t)))
    except (NotPossible, Unknown) as error:
        _say("refused", t("live.not_possible", why=plain(error)))
    except Refused:
        _say("refused", t("live.not_saved"))
    else:
        title = plain(words.title(live.rules.by_id(after.rule_id), after, t))
        _say("done", t(done, title=title, who=plain(who)))
        for name in (NOTE, REASON):
            st.session_state[field(name, after)] = ""
    live.forget()


def notice(t: Translator) -> None:
    """Show the result of the last action until somebody has read it."""
    left: Notice | None = st.session_state.get(NOTICE)
    if left is None:
        return
    with st.container(key="live_notice_box"):
        show = {"done": st.success, "conflict": st.warning, "refused": st.error}[left.kind]
        icon = {"done": "check_circle", "conflict": "group", "refused": "error"}[left.kind]
        show(left.text, icon=f":material/{icon}:")
        st.button(t("live.read"), key="live_read", on_click=_forget, type="tertiary")


def _say(kind: str, text: str) -> None:
    st.session_state[NOTICE] = Notice(kind, text)


def _forget() -> None:
    st.session_state.pop(NOTICE, None)


def field(name: str, alert: Alert) -> str:
    """Return the key of a widget of one alert: what was typed about one never goes to another."""
    return f"{name}_{words.tag(alert)}"


def _text(name: str) -> str:
    return str(st.session_state.get(name) or "").strip()
