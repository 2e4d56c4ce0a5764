"""Health of the data: what came and how fresh it is, what became of every row, what is in quarantine and why."""

from datetime import datetime

import pandas as pd
import streamlit as st

from aero_dashboard import completeness, components, frame, health, health_queries
from aero_dashboard.frame import View
from aero_dashboard.i18n import Translator

NEEDED = ("health.feed", "health.outcome", "health.quarantine_reason", "health.quarantine")
OUTCOMES, SAMPLES, REASONS = 200, 5, 20


def page() -> None:
    """Compose the page."""
    view = frame.current()
    t = view.t
    published = datetime.fromisoformat(view.snapshot.manifest.published_at).replace(tzinfo=None)
    frame.title(t("health.title"), t("health.as_of", at=t.time(published)))
    if not all(view.has(table) for table in NEEDED):
        st.info(t("health.missing"), icon=":material/info:")
        return
    completeness.section(view, published)
    feeds = health.judged(view.read(health_queries.feeds), published)
    balance, reasons = view.read(health_queries.balance), view.read(health_queries.reasons)
    cards(t, feeds, balance, reasons)
    feed_table(view, feeds)
    ledger(view, balance)
    quarantine(view, reasons)
    with st.expander(t("health.columns"), icon=":material/menu_book:"):
        st.markdown(t("health.columns_text"))


def cards(t: Translator, feeds: pd.DataFrame, balance: pd.DataFrame, reasons: pd.DataFrame) -> None:
    """The three questions people have, answered."""
    late, arrived = int((feeds["state"] == "late").sum()), int((feeds["state"] != "silent").sum())
    wrong = int(balance["unbalanced"].sum())
    refused = int(reasons["records"].sum())
    known = "fresh" if arrived and not late else "late" if late else "silent"
    texts = {"fresh": t("health.all_fresh"), "late": t("health.few_late", count=t.integer(late)),
            "silent": t("health.none_arrived")}  # fmt: skip
    figures = (
        ("fresh", t("health.fresh_value", arrived=t.integer(arrived), all=t.integer(len(feeds))), known, texts[known]),
        ("balanced", t.integer(balance["outcomes"].sum() - wrong), *_said(t, "wrong" if wrong else "balanced")),
        ("refused", t.integer(refused), *_said(t, "some" if refused else "none")),
    )
    with st.container(key="cards_health"):
        for key, value, state, words in figures:
            with st.container(border=True, key=f"card_health_{key}"):
                st.metric(t(f"health.{key}"), value, help=t(f"health.{key}_help"))
                st.badge(f"{health.SHAPES[state]} {words}", color=health.BADGES[state])  # ty: ignore[invalid-argument-type]


def _said(t: Translator, state: str) -> tuple[str, str]:
    return state, t(f"health.is_{state}")


def feed_table(view: View, feeds: pd.DataFrame) -> None:
    """Feeds, the stale ones first."""
    t = view.t
    components.section(t("feeds.title"), t("feeds.reading"))
    rows = pd.DataFrame(
        {
            t("feeds.feed"): feeds["feed"],
            t("feeds.state"): [f"{health.SHAPES[state]} {t(f'health.is_{state}')}" for state in feeds["state"]],
            t("feeds.last"): [t.time(value) for value in feeds["last_arrived_at"]],
            t("feeds.age"): feeds["age_hours"],
            t("feeds.limit"): feeds["fresh_within_hours"],
            t("feeds.arrivals"): feeds["arrivals"],
            t("feeds.rows"): feeds["rows_out"],
            t("feeds.first_day"): [t.date(value) for value in feeds["first_operating_date"]],
            t("feeds.last_day"): [t.date(value) for value in feeds["last_operating_date"]],
            t("feeds.owner"): feeds["owner"],
            t("feeds.grain"): feeds["grain"],
        }
    )
    formats = {
        t("feeds.age"): t.decimal, t("feeds.limit"): t.integer, t("feeds.arrivals"): t.integer,
        t("feeds.rows"): t.integer,
    }  # fmt: skip
    components.table(rows, formats, {}, "feeds")


def ledger(view: View, balance: pd.DataFrame) -> None:
    """Show each hop's rows in, rows out, duplicates and rejects."""
    t = view.t
    components.section(t("ledger.title"), t("ledger.reading"))
    counts = ("outcomes", "files_in", "rows_in", "rows_out", "duplicates", "rejects", "difference", "mixed")
    rows = pd.DataFrame(
        {
            t("ledger.hop"): [t.known(f"hop.{stage}", stage) for stage in balance["hop"]],
            t("ledger.feed"): balance["feed"],
            t("ledger.check"): [
                f"{health.SHAPES[state]} {t(f'health.is_{state}')}"
                for state in ("wrong" if count else "balanced" for count in balance["unbalanced"])
            ],
            **{t(f"ledger.{name}"): balance[name] for name in counts},
            t("ledger.last"): [t.time(value) for value in balance["last_at"]],
        }
    )
    components.table(rows, {t(f"ledger.{name}"): t.integer for name in counts}, {}, "ledger")
    with st.expander(t("ledger.newest", count=t.integer(OUTCOMES)), icon=":material/list_alt:"):
        newest = view.read(health_queries.outcomes, OUTCOMES)
        shown = newest.assign(
            at=[t.time(value) for value in newest["at"]],
            hop=[t.known(f"hop.{stage}", stage) for stage in newest["hop"]],
        ).rename(columns={name: t(f"outcome.{name}") for name in newest.columns})
        formats = {t(f"outcome.{name}"): t.integer for name in ("rows_in", "rows_out", "duplicates", "rejects")}
        components.table(shown, {**formats, t("outcome.seconds"): t.decimal}, {}, "newest")


def quarantine(view: View, reasons: pd.DataFrame) -> None:
    """Show the quarantine: records by reason, with samples."""
    t = view.t
    total = int(reasons["records"].sum())
    components.section(t("quarantine.title", count=t.integer(total)), t("quarantine.reading"))
    if reasons.empty:
        st.success(t("quarantine.none"), icon=":material/check_circle:")
        return
    for row in reasons.head(REASONS).to_dict("records"):
        meaning = t.known(f"reason.{row['reason']}", str(row["reason"]).replace("_", " "))
        heading = t(
            "quarantine.heading", count=t.integer(row["records"]), meaning=meaning,
            kind=t.known(f"quarantine.{row['kind']}", row["kind"]), feed=row["feed"],
        )  # fmt: skip
        with st.expander(health.one_line(heading)):
            st.caption(t("quarantine.days", dates=t.dates(row["first_on"], row["last_on"])))
            samples = view.read(health_queries.samples, row["feed"], row["kind"], row["reason"], SAMPLES)
            for sample in samples.to_dict("records"):
                st.text(sample["message"] if isinstance(sample["message"], str) else meaning)
                st.code(sample["record"] or "", language=None, wrap_lines=True)
                st.caption(t("quarantine.kept_at"))
                st.code(sample["raw_ref"] or "", language=None, wrap_lines=True)
    if len(reasons) > REASONS:
        st.caption(t("quarantine.more", count=t.integer(len(reasons) - REASONS)))


page()
