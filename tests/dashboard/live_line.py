"""The live part in memory: the real handler, tick and acts over tables that need no AWS, and a page over them."""

from typing import Any

from streamlit.testing.v1 import AppTest

from aero_dashboard.live.source import Live
from aero_streaming.backtesting.memory_store import MemoryStore
from tests.unit.streaming.alert_samples import Line, at, leg, state


class MemoryLine(Line):
    """A line whose tables are those of backtests."""

    def __init__(self) -> None:
        super().__init__()
        self.store = self.memory = MemoryStore()
        self.restart()

    def live(self) -> Live:
        """The live part as the board gets it; every look is a new one."""
        return Live(self.engine, keep_seconds=0.0, clock=lambda: 0.0)

    def key(self, rule_id: str, scope_id: str) -> str:
        """The key of an alert of the day."""
        return next(
            key for (key,), item in self.memory.items["alerts"].items()
            if (item["rule_id"], item["scope_id"]) == (rule_id, scope_id)
        )  # fmt: skip

    def bad_hub(self) -> None:
        """A hub that turns red and, under it, two routes, with three flights to name."""
        hub: dict[str, Any] = {"scheduled_legs": 20, "departed_legs": 20, "arrived_legs": 20, "arr_late_15_legs": 16}
        self.plan()
        self.send(*(state("hub_quarter", "MEX", quarter_at=at(clock), **hub) for clock in ("17:30", "17:45")))
        self.tick("18:11")
        for number, route in ((201, "MEX-CUN"), (202, "MEX-CUN"), (203, "MEX-GDL")):
            origin, destination = route.split("-")
            late = {"arrival_delay_minutes": number - 150, "expected_delay_minutes": number - 150}
            self.send(leg(number, 3, "18:12", origin=origin, destination=destination, in_at=at("21:00"), **late))
        for route, late_legs in (("MEX-CUN", 15), ("MEX-GDL", 14)):
            self.send(state("route", route, received="18:12", arrived_legs=20, arr_late_15_legs=late_legs,
                            arrival_delay_minutes=40 * late_legs))  # fmt: skip
        self.heartbeat("18:29")
        self.tick("18:30")


def run(live):
    """The whole page over an injected live part; Streamlit runs the text of this function."""
    from aero_dashboard.live import page

    page.show(live)


def open_board(live: Live | None, **params: str) -> AppTest:
    """Open the board with the parameters of an address."""
    app = AppTest.from_function(run, default_timeout=30, kwargs={"live": live})
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button with this label, as it was drawn last."""
    next(button for button in app.button if button.label == label).click()
    return app.run()


def words(app: AppTest) -> str:
    """Return every word on the page, without the marks that keep data from being markup."""
    groups = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    return "\n".join(str(element.value) for group in groups for element in group).replace("\\", "")


def html(app: AppTest) -> str:
    """Return what is drawn by st.html."""
    return "\n".join(element.proto.body for element in app.get("html"))
