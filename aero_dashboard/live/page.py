"""The live page: its head, the board or one alert, drawn again every few seconds, and the event history."""

import streamlit as st

from aero_dashboard import frame
from aero_dashboard.i18n import Translator, plain
from aero_dashboard.live import acts, address, cards, detail, history, scopes, words
from aero_dashboard.live.source import Board, Live, NotThere, Refused
from aero_streaming.alerts.setup import message_settings

AGAIN_SECONDS = 4
AUTO, SHADOW, DAY = "live_auto", "live_shadow", "live_day"


def show(live: Live | None) -> None:
    """Draw the page over a platform's live part; without one it says so."""
    t = frame.open_frame()
    address.keep(t)
    address.sidebar(t)
    st.title(t("live.title"), anchor=False)
    if live is None:
        st.info(t("live.not_here"), icon=":material/sensors_off:")
        address.footer(t)
        return
    _controls(t)
    pace = AGAIN_SECONDS if st.session_state[AUTO] else None
    st.fragment(_draw, run_every=pace)(live, t)
    st.fragment(_history)(live, t)
    address.footer(t)


def _controls(t: Translator) -> None:
    """User name and view options, outside the auto-refreshing fragment so that typing is not interrupted."""
    for name, value in ((AUTO, True), (SHADOW, False), (DAY, 0)):
        st.session_state.setdefault(name, value)
    with st.container(horizontal=True, vertical_alignment="bottom", key="live_controls"):
        acts.name_field(t)
        st.selectbox(t("live.day"), (0, 1), key=DAY, format_func=lambda back: t(f"live.day_{back}"), width=190)
        st.toggle(t("live.auto", seconds=AGAIN_SECONDS), key=AUTO)
        st.toggle(t("live.with_shadow"), key=SHADOW, help=t("live.with_shadow_help"))


def _draw(live: Live, t: Translator) -> None:
    """One look: everything on it is of the same moment."""
    try:
        board = live.board(st.session_state[DAY], st.session_state[SHADOW])
        _board(live, board, t)
    except NotThere:
        st.info(t("live.not_here"), icon=":material/sensors_off:")
    except Refused:
        st.error(t("live.unreachable"), icon=":material/cloud_off:")


def _board(live: Live, board: Board, t: Translator) -> None:
    _head(live, board, t)
    acts.notice(t)
    if key := address.opened():
        detail.show(live, board, key, t)
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        cards.listing(live, board, t)
    with right:
        scopes.panel(live, board, t)


def _head(live: Live, board: Board, t: Translator) -> None:
    """Say of when this is, and whether anything is heard: what is not heard is grey, not green."""
    own = message_settings().utc_offset_minutes
    heard = t("live.heard", age=words.age(board.heard_at, board.now, t)) if board.heard_at else t("live.never_heard")
    day = t("live.operating_day", day=board.operating_date)
    st.markdown(f":gray[{plain(words.moment(board.now, own, t))}  ·  {plain(day)}  ·  {plain(heard)}]")
    goal = live.rules.alerts_per_hour
    budget = plain(t("live.budget", count=t.integer(board.told_in_the_last_hour), goal=t.integer(goal)))
    st.markdown(f":orange[**{budget}**]" if board.told_in_the_last_hour > goal else f":gray[{budget}]")
    address.labels(board.labels, t)
    if not live.is_reachable:
        st.warning(t("live.stale"), icon=":material/cloud_off:")
    if board.is_silent:
        since = plain(words.moment(board.heard_at, own, t))
        since_when = t("live.silent_since", since=since) if board.heard_at else t("live.silent_never")
        st.error(f"**{t('live.no_signal')}** {since_when}", icon=":material/sensors_off:")


def _history(live: Live, t: Translator) -> None:
    try:
        history.panel(live, t)
    except Refused:
        # The board above says it.
        st.caption(t("live.unreachable"))
