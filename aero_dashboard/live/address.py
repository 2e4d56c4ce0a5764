"""The frame of the live board: its address (language, the open alert), the sidebar, labels and footer.

The board needs no published version, so it has no filters; language and choices of the other pages stay as they were.
"""

import streamlit as st

from aero_dashboard import frame
from aero_dashboard.i18n import LOCALES, Translator, plain
from aero_streaming.rules import rules

#: The longest key of an alert that can be: what is longer is no key.
LONGEST_KEY = 300


def opened() -> str | None:
    """Return the key of the alert that the address asks for."""
    key = st.query_params.get("alert", "")
    return key if 0 < len(key) <= LONGEST_KEY else None


def open_alert(key: str | None) -> None:
    """Open an alert, or go back to the board; as the callback of a button."""
    _write(st.query_params.get("lang", ""), key)


def keep(t: Translator) -> None:
    """Hold address, session and the language switch together."""
    chosen = dict(st.session_state.get(frame.CHOSEN, {}))
    st.session_state[frame.CHOSEN] = {**chosen, "lang": t.language}
    st.session_state[frame.WIDGETS["lang"]] = t.language
    _write(t.language, opened())


def _write(language: str, key: str | None) -> None:
    params = {name: value for name, value in (("lang", language), ("alert", key)) if value}
    if st.query_params.to_dict() != params:
        st.query_params.from_dict(params)
    st.session_state[frame.WRITTEN] = params


def sidebar(t: Translator) -> None:
    """Offer the language."""
    with st.sidebar:
        st.segmented_control(
            t("filter.lang"), list(LOCALES), key=frame.WIDGETS["lang"], required=True,
            format_func=lambda code: t(f"filter.lang_{code}"), label_visibility="collapsed",
        )  # fmt: skip
        st.caption(t("live.share"))


def labels(names: tuple[str, ...], t: Translator) -> None:
    """Say where what is seen is made up."""
    for name in names:
        st.markdown(f":orange-badge[◆ {plain(t.known('label.synthetic', name))}] :gray[{t('live.synthetic_help')}]")


def footer(t: Translator) -> None:
    """Close the page: rules, and who we are not."""
    st.divider()
    st.caption(f"{t('live.rules', version=rules().version)} {t('footer.not_affiliated')}")
