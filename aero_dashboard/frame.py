"""The frame of every page: the pinned version, the filters and their address, the labels, the footer.

The address wins when it is new (a link was opened, or the browser went back); otherwise what the reader set last does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import FunctionType
from typing import Any

import streamlit as st

from aero_assets import complete_days
from aero_assets.published import Snapshot
from aero_dashboard import data, queries
from aero_dashboard.charts.style import Palette, palette
from aero_dashboard.filters import MINIMUMS, PERIODS, Filters, Known, language_of, read
from aero_dashboard.i18n import LOCALES, Translator, plain
from aero_streaming.rules import rules

#: Keys of the session state: the choices as parameters, and the parameters that we wrote ourselves.
CHOSEN, WRITTEN = "chosen", "written"
VIEW = "view"
#: Keys of the widgets by parameter.
WIDGETS = {
    "lang": "f_lang", "period": "f_period", "from": "f_from", "to": "f_to", "carrier": "f_carrier",
    "origin": "f_origin", "otp": "f_otp", "min": "f_min", "route": "f_route",
}  # fmt: skip
AGAIN_SECONDS = 5


@dataclass(frozen=True)
class View:
    """Everything a page needs: one version, one reader's choices, one language."""

    snapshot: Snapshot
    known: Known
    filters: Filters
    t: Translator
    carrier_names: Mapping[str, str]
    cities: Mapping[str, str]

    def read(self, query: FunctionType, *parameters: Any) -> Any:  # noqa: ANN401
        """Run a query on the pinned version."""
        return data.read(self.snapshot, query, *parameters)

    @property
    def scope(self) -> queries.Scope:
        """The filtered scope of legs."""
        return self.filters.scope(self.known)

    @property
    def colours(self) -> Palette:
        """Colours for the theme the reader uses."""
        return palette(st.context.theme.type)

    @property
    def definition(self) -> str:
        """The name of the chosen punctuality."""
        return self.t.known(f"otp.{self.filters.definition}", self.filters.definition)

    def has(self, table: str) -> bool:
        """Tell whether this version has a table."""
        return any(item.name == table for item in self.snapshot.manifest.tables)


def current() -> View:
    """Return the view that the frame made for this run."""
    return st.session_state[VIEW]


def open_frame() -> Translator:
    """Return the language before anything else is known: pages are named in it."""
    return Translator(language_of(_asked()))


def view(snapshot: Snapshot, is_route_page: bool, has_filters: bool = True) -> View | None:
    """Draw the filters, keep address and session in step, and return the view; None where there is no leg yet.

    A page that shows every feed and every day has no filters: what was chosen stays for the other pages.
    """
    span = data.read(snapshot, complete_days.span)
    if span is None:
        return None
    columns = data.read(snapshot, queries.known)
    known = Known(*span, **{name: tuple(values) for name, values in columns.items()})
    filters, bad = read(_asked(), known)
    if is_route_page and filters.route is None and known.routes:
        filters, _ = read({**filters.params(), "route": known.routes[0]}, known)
    t = Translator(filters.language)
    names = data.read(snapshot, queries.carrier_names)
    airports = data.read(snapshot, queries.airports)
    cities = dict(zip(airports["iata"], airports["municipality"], strict=True))
    made = View(snapshot, known, filters, t, names, cities)
    _remember(filters)
    _sidebar(made, has_filters)
    for name in bad:
        st.warning(t("notice.fallback", parameter=t(f"filter.{name}")), icon=":material/info:")
    st.session_state[VIEW] = made
    return made


def _asked() -> dict[str, str]:
    """Return the parameters of this run: a new address, or what widgets and session say."""
    address = {name: value for name, value in st.query_params.to_dict().items() if isinstance(value, str)}
    if address and address != st.session_state.get(WRITTEN):
        return address
    chosen = dict(st.session_state.get(CHOSEN, {}))
    for name, key in WIDGETS.items():
        if key in st.session_state:
            value = st.session_state[key]
            chosen[name] = "" if value is None else f"{value}"
    return chosen


def _remember(filters: Filters) -> None:
    """Write address, session and widgets alike; the route's own widget is drawn by its page."""
    params = filters.params()
    st.session_state[CHOSEN] = params
    if st.query_params.to_dict() != params:
        st.query_params.from_dict(params)
    st.session_state[WRITTEN] = params
    state: dict[str, object] = {
        "lang": filters.language, "period": filters.period, "carrier": filters.carrier or "",
        "origin": filters.origin or "",
        "otp": filters.definition, "min": filters.minimum, "route": filters.route,
    }  # fmt: skip
    if filters.period == "custom":
        state |= {"from": filters.first, "to": filters.last}
    for name, value in state.items():
        st.session_state[WIDGETS[name]] = value


def _sidebar(made: View, has_filters: bool) -> None:
    t, known = made.t, made.known

    def carrier(code: str) -> str:
        return f"{code} · {made.carrier_names.get(code, code)}" if code else t("filter.all_carriers")

    def origin(code: str) -> str:
        return f"{code} · {made.cities.get(code, code)}" if code else t("filter.all_origins")

    with st.sidebar:
        st.segmented_control(
            t("filter.lang"), list(LOCALES), key=WIDGETS["lang"], required=True,
            format_func=lambda code: t(f"filter.lang_{code}"), label_visibility="collapsed",
        )  # fmt: skip
        if not has_filters:
            return
        st.subheader(t("filter.title"))
        st.selectbox(
            t("filter.period"),
            list(PERIODS),
            key=WIDGETS["period"],
            format_func=lambda name: t(f"filter.period_{name}"),
        )
        if made.filters.period == "custom":
            for name, side in (("from", st.columns(2)[0]), ("to", st)):
                side.date_input(
                    t(f"filter.{name}"), min_value=known.first, max_value=known.last, key=WIDGETS[name],
                    format="DD/MM/YYYY",
                )  # fmt: skip
        st.selectbox(t("filter.carrier"), ["", *known.carriers], key=WIDGETS["carrier"], format_func=carrier)
        st.selectbox(t("filter.origin"), ["", *known.origins], key=WIDGETS["origin"], format_func=origin)
        st.selectbox(
            t("filter.otp"), known.definitions, key=WIDGETS["otp"],
            format_func=lambda name: t.known(f"otp.{name}", name), help=definition_help(made),
        )  # fmt: skip
        st.number_input(
            t("filter.min"), min_value=MINIMUMS.start, max_value=MINIMUMS.stop - 1, step=1, key=WIDGETS["min"],
            help=t("filter.min_help"),
        )  # fmt: skip
        st.caption(t("filter.share"))


def definition_help(made: View) -> str:
    """Say how every offered definition counts."""
    t = made.t
    return "\n\n".join(
        f"**{t.known(f'otp.{name}', name)}** – {t.known(f'otp.{name}_help', '')}" for name in made.known.definitions
    )


def title(text: str, *facts: str) -> None:
    """Head a page: what it is, and in one line what is shown."""
    st.title(text, anchor=False)
    st.markdown(f":gray[{'  ·  '.join(facts)}]")


def period_note(made: View) -> None:
    """Say that a period ends before what is published does: later days have flights that are not due yet."""
    known = made.known
    if known.last > known.complete and made.scope.last <= known.complete:
        st.caption(made.t("head.period_note", complete=made.t.date(known.complete), last=made.t.date(known.last)))


def labels(snapshot: Snapshot, t: Translator) -> None:
    """Say where figures are made up, on every page."""
    for label in snapshot.manifest.labels:
        st.markdown(f":orange-badge[◆ {plain(t.known('label.synthetic', label))}] :gray[{t('label.synthetic_help')}]")


def footer(snapshot: Snapshot, t: Translator) -> None:
    """Close a page: version and time of the figures, rules, who we are not."""
    published = datetime.fromisoformat(snapshot.manifest.published_at)
    st.divider()
    if not data.source().is_reachable:
        st.caption(f":material/cloud_off: {t('footer.unreachable')}")
    if data.source().is_damaged:
        st.caption(f":material/broken_image: {t('footer.damaged')}")
    st.caption(
        t(
            "footer.version",
            version=plain(snapshot.version),
            at=t.time(published),
            level=plain(snapshot.manifest.level),
            rules=rules().version,
        )
    )
    st.caption(f"{t('footer.not_affiliated')} {t('footer.map')}")


@st.fragment(run_every=AGAIN_SECONDS)
def wait_for_figures(t: Translator) -> None:
    """Say that nothing was published, and look again until something is."""
    with st.container(border=True):
        st.subheader(f":material/hourglass_empty: {t('empty.title')}", anchor=False)
        st.markdown(t("empty.text"))
        st.caption(t("empty.again", seconds=AGAIN_SECONDS))
    snapshot = data.source().pin()
    if snapshot is not None and data.read(snapshot, complete_days.span) is not None:
        st.rerun()
