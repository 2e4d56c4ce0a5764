"""The events of a flight or of a route between two times, from the event log."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from aero_dashboard import components
from aero_dashboard.i18n import MISSING, Translator
from aero_dashboard.live.detail import utc
from aero_dashboard.live.source import Live, Refused
from aero_streaming.alerts.items import Item
from aero_streaming.times import text

SUBJECT, FROM, TO = "live_subject", "live_from", "live_to"
#: AM123 is a flight, MEX-GDL a route; MEX-? is one whose destination nobody told.
FLIGHT, ROUTE = re.compile(r"[A-Z0-9]{2,3}[0-9]{1,4}"), re.compile(r"[A-Z]{3}-([A-Z]{3}|\?)")
MOST_EVENTS = 500


def panel(live: Live, t: Translator) -> None:
    """Ask for a flight or a route and two times, and list the events in order."""
    with st.expander(t("live.history_title"), icon=":material/manage_search:", key="live_history", on_change="rerun"):
        _ask(live, t)


def _ask(live: Live, t: Translator) -> None:
    now = live.alerts.now().astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
    st.session_state.setdefault(FROM, now - timedelta(hours=24))
    st.session_state.setdefault(TO, now + timedelta(hours=1))
    with st.form("live_form_history"):
        first, second, third = st.columns(3)
        first.text_input(t("live.history_subject"), key=SUBJECT, max_chars=8, placeholder=t("live.history_example"))
        second.datetime_input(t("live.history_from"), key=FROM, format="DD/MM/YYYY")
        third.datetime_input(t("live.history_to"), key=TO, format="DD/MM/YYYY")
        st.form_submit_button(t("live.history_show"), key="live_do_history")
    subject = re.sub(r"\s", "", st.session_state.get(SUBJECT) or "").upper()
    if not subject:
        return
    if not (FLIGHT.fullmatch(subject) or ROUTE.fullmatch(subject)):
        st.warning(t("live.history_bad"), icon=":material/info:")
        return
    start, end = _moment(FROM), _moment(TO)
    try:
        events = live.alerts.history(subject, text(start), text(end))
    except Refused:
        st.error(t("live.unreachable"), icon=":material/cloud_off:")
        return
    _table(events, t)


def _moment(name: str) -> datetime:
    return st.session_state[name].replace(tzinfo=UTC)


def _table(events: list[Item], t: Translator) -> None:
    st.caption(t("live.history_found", count=t.integer(len(events))))
    if not events:
        return
    rows: list[dict[str, Any]] = [
        {
            t("live.col_at"): utc(event["event_time"]),
            t("live.col_event"): t.known(f"event.{event['event_type']}", event["event_type"]),
            t("live.col_flight"): f"{event['flight']}{event.get('operational_suffix') or ''}",
            t("live.col_route"): event["route"],
            t("live.col_day"): event["operating_date"],
            t("live.col_what"): _what(event, t),
            t("live.col_source"): event.get("source", MISSING),
            t("live.col_version"): t.integer(event.get("version")),
            t("live.col_received"): utc(event["received_at"]),
            t("live.col_label"): event.get("data_label", MISSING),
        }
        for event in events[-MOST_EVENTS:]
    ]
    components.table(pd.DataFrame(rows), {}, {}, "live_events")


def _what(event: Item, t: Translator) -> str:
    """Return the details of an event beside its type."""
    details: list[str] = []
    if event.get("departure_delay_minutes") is not None:
        details.append(t("live.what_delay", minutes=t.integer(event["departure_delay_minutes"])))
        details.append(t("live.what_actual") if event.get("is_actual") else t("live.what_estimate"))
    if event.get("cancellation_code"):
        details.append(t("live.what_code", code=event["cancellation_code"]))
    if event.get("diverted_to"):
        details.append(t("live.what_to", airport=event["diverted_to"]))
    if event.get("is_correction"):
        details.append(t("live.what_correction"))
    return "; ".join(details) or MISSING
