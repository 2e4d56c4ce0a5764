"""Entry point: `streamlit run aero_dashboard/app.py`. Pins one version for this run, draws the frame, runs the page."""

import streamlit as st

from aero_dashboard import data, frame

#: Not `pages`: Streamlit runs the files of a folder of that name by themselves, without this entry point.
FOLDER = "views"
PAGES = {
    "live": ":material/sensors:", "network": ":material/hub:", "route": ":material/route:",
    "health": ":material/monitor_heart:",
}  # fmt: skip
#: Pages that read no published version; they bring their own frame.
UNPUBLISHED = ("live",)
#: Pages that show everything, whatever was filtered elsewhere.
UNFILTERED = ("health",)


def main() -> None:
    """Run one page for one reader."""
    t = frame.open_frame()
    st.set_page_config(page_title=t("app.title"), page_icon="✈", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    home = st.Page(f"{FOLDER}/home.py", title=t("app.title"), default=True, visibility="hidden")
    pages = {
        name: st.Page(f"{FOLDER}/{name}.py", title=t(f"page.{name}"), icon=icon, url_path=name)
        for name, icon in PAGES.items()
    }
    page = st.navigation([home, *pages.values()], position="top")
    if page.url_path not in PAGES:
        st.switch_page(pages["network"], query_params=st.query_params.to_dict())
    if page.url_path in UNPUBLISHED:
        page.run()
        return
    snapshot = data.source().pin()
    is_route, has_filters = page.url_path == "route", page.url_path not in UNFILTERED
    view = frame.view(snapshot, is_route, has_filters) if snapshot else None
    if snapshot is None or view is None:
        frame.wait_for_figures(t)
        return
    frame.labels(snapshot, view.t)
    page.run()
    frame.footer(snapshot, view.t)


#: Cards of equal width that flow with the page; Streamlit's own columns do not wrap into a grid.
STYLE = """<style>
.stMainBlockContainer { padding: 3.75rem 2.75rem 2rem; max-width: 1680px; }
[class*="st-key-cards"] {
  display: grid !important; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12.5rem), 1fr)); gap: 0.75rem;
}
[class*="st-key-cards"] > * { width: auto !important; min-width: 0; flex-direction: column; align-self: stretch; }
[class*="st-key-cards"] > * > [class*="st-key-card_"] { flex: 1 0 auto; }
[class*="st-key-card_"] > * { flex-shrink: 0; }
[class*="st-key-card_"] { gap: 0.3rem; padding: 0.8rem 0.9rem; justify-content: flex-start; }
[class*="st-key-card_"] [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
[class*="st-key-card_"] [data-testid="stMarkdownContainer"],
[class*="st-key-card_"] [data-testid="stCaptionContainer"],
[class*="st-key-card_"] [data-testid="stMarkdownContainer"] p { margin-bottom: 0; }
@media (max-width: 640px) {
  [class*="st-key-cards"] { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.5rem; }
  [class*="st-key-card_"] { padding: 0.6rem 0.6rem; }
  .stMainBlockContainer { padding-left: 0.9rem; padding-right: 0.9rem; }
}
</style>"""

main()
