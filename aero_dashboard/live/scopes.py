"""The colours of the day: network, hubs, routes, each with value and n. Colour, shape, letter and word say the same."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from aero_dashboard.charts.style import palette
from aero_dashboard.i18n import Translator
from aero_dashboard.lights import LOOKS
from aero_dashboard.live.held import Chip, why
from aero_dashboard.live.source import Board, Live
from aero_streaming.alerts.words import WORDS, value_text
from aero_streaming.rules.stations import hubs as hubs_of_the_airline

ORDER = ("R", "A", "V", "gris")
CHIPS = 240
#: Amber by theme; green, red and grey are those of the charts.
AMBER = {"light": "#B27A00", "dark": "#E9B949"}


def panel(live: Live, board: Board, t: Translator) -> None:
    """Show the network and the hubs by figure, then every route."""
    st.html(_style())
    by_scope: dict[str, list[Chip]] = {}
    for light in board.chips:
        by_scope.setdefault(light.scope_type, []).append(light)
    network = by_scope.get("network", []) + by_scope.get("first_wave", [])
    st.subheader(t("live.network_title"), anchor=False)
    _figures(live, board, {"": network} if network else {}, t)
    hubs: dict[str, list[Chip]] = {}
    stations: dict[str, list[Chip]] = {}
    for light in by_scope.get("hub", []):
        group = hubs if light.scope_id in hubs_of_the_airline() else stations
        group.setdefault(light.scope_id, []).append(light)
    st.subheader(t("live.hubs_title"), anchor=False)
    st.caption(t("live.hubs_reading"))
    _figures(live, board, hubs, t)
    _stations(live, board, stations, t)
    _routes(live, board, by_scope.get("route", []), t)


def _figures(live: Live, board: Board, groups: Mapping[str, Sequence[Chip]], t: Translator) -> None:
    """Scopes with several figures, the worst first, then the busiest: a block each, by name, a line per figure."""
    if not groups:
        st.markdown(f":gray[{t('live.nothing_yet')}]")
        return
    blocks = []
    for name, lights in sorted(groups.items(), key=lambda group: (*_place(group[1]), group[0])):
        lines = "".join(
            f'<li class="aero-{light.status}"><b>{_status(live, light, board, t)}</b> {escape(_named(live, light, t))} '
            f"<span>{_value(live, light, t)}</span></li>"
            for light in sorted(lights, key=lambda light: ORDER.index(light.status))
        )
        heading = f"<h4>{escape(name)}</h4>" if name else ""
        blocks.append(f'<section class="aero-block">{heading}<ul>{lines}</ul></section>')
    st.html(f'<div class="aero-blocks">{"".join(blocks)}</div>')


def _stations(live: Live, board: Board, groups: Mapping[str, Sequence[Chip]], t: Translator) -> None:
    """Stations, folded: nobody is alerted of them. A chip each with the worst figure; grey ones are counted only."""
    if not groups:
        return
    worst = {name: min(lights, key=lambda light: ORDER.index(light.status)) for name, lights in groups.items()}
    shown = sorted((light for light in worst.values() if light.status != "gris"), key=lambda light: light.scope_id)
    with st.expander(t("live.stations_title", count=t.integer(len(groups)), known=t.integer(len(shown)))):
        _chips(live, board, sorted(shown, key=lambda light: ORDER.index(light.status)), t, t("live.nothing_yet"))


def _routes(live: Live, board: Board, lights: Sequence[Chip], t: Translator) -> None:
    """Every route as a chip: red and amber at once, the others folded with their number."""
    counts = {status: [light for light in lights if light.status == status] for status in ORDER}
    st.subheader(t("live.routes_title", count=t.integer(len(lights))), anchor=False)
    if not lights:
        st.markdown(f":gray[{t('live.nothing_yet')}]")
        return
    summary = " · ".join(f"{_words(status, board, t)}: {t.integer(len(counts[status]))}" for status in ORDER)
    st.caption(summary)
    _chips(live, board, [*counts["R"], *counts["A"]], t)
    for status in ("V", "gris"):
        if counts[status]:
            with st.expander(f"{_words(status, board, t)} ({t.integer(len(counts[status]))})"):
                _chips(live, board, counts[status], t)


def _chips(live: Live, board: Board, lights: Sequence[Chip], t: Translator, nothing: str = "") -> None:
    if not lights:
        st.markdown(f":gray[{nothing or t('live.no_route')}]")
        return
    chips = "".join(
        f'<li class="aero-{light.status}"><b>{_status(live, light, board, t)}</b> {escape(light.scope_id)} '
        f"<span>{_value(live, light, t)}</span></li>"
        for light in lights[:CHIPS]
    )
    st.html(f'<ul class="aero-chips">{chips}</ul>')
    if len(lights) > CHIPS:
        st.caption(t("live.more", count=t.integer(len(lights) - CHIPS)))


def _words(status: str, board: Board, t: Translator) -> str:
    """A status with shape and word; grey says why it is grey."""
    name = t("live.grey_silent") if status == "gris" and board.is_silent else t(f"light.{status}")
    return f"{LOOKS[status].shape} {name}"


def _status(live: Live, light: Chip, board: Board, t: Translator) -> str:
    look = LOOKS[light.status]
    letter = t(f"light.letter_{light.status}") if light.status != "gris" else ""
    sentences = (_words(light.status, board, t), why(live.rules.by_id(light.rule_id), light, t))
    title = escape(". ".join(filter(None, sentences)), quote=True)
    return f'<span class="aero-mark" title="{title}" aria-label="{title}">{look.shape}&nbsp;{letter}</span>'


def _named(live: Live, light: Chip, t: Translator) -> str:
    rule = live.rules.by_id(light.rule_id)
    return rule.title[t.language] if rule else light.rule_id


def _value(live: Live, light: Chip, t: Translator) -> str:
    rule = live.rules.by_id(light.rule_id)
    value = value_text(rule, light.value, WORDS[t.language]) if rule else t.decimal(light.value)
    return escape(t("live.value_n", value=value, n=t.integer(light.n)))


def _place(lights: Sequence[Chip]) -> tuple[int, int]:
    return min(ORDER.index(light.status) for light in lights), -max(light.n for light in lights)


def _style() -> str:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    own = palette(theme)
    colours = {"R": own.bad, "A": AMBER[theme], "V": own.good, "gris": own.small}
    marks = "".join(
        f".aero-{status} {{ border-left-color: {colour} !important; }}.aero-{status} .aero-mark {{ color: {colour}; }}"
        for status, colour in colours.items()
    )
    return f"""<style>{marks}
ul.aero-chips, .aero-block ul {{ list-style: none; margin: 0 !important; padding: 0 !important; }}
.aero-chips {{ display: flex; flex-wrap: wrap; gap: 0.4rem; }}
.aero-chips li, .aero-block li {{
  margin: 0; padding: 0.2rem 0.55rem; border: 1px solid {own.line}; border-left: 0.35rem solid; border-radius: 0.35rem;
  font-size: 0.87rem; font-variant-numeric: tabular-nums;
}}
.aero-chips li {{ white-space: nowrap; }}
.aero-block li {{ margin-bottom: 0.3rem; display: flex; flex-wrap: wrap; gap: 0 0.45rem; }}
.aero-block li > span, .aero-chips li > span {{ color: {own.muted}; }}
.aero-block li > span {{ margin-left: auto; }}
.aero-block h4 {{ margin: 0 0 0.3rem; padding: 0; font-size: 1rem; }}
.aero-blocks {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.9rem; }}
</style>"""
