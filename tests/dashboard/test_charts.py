"""Charts as specifications: what is hatched, named, limited and worded; drawing is the browser's business."""

from datetime import date

import pandas as pd
import pytest

from aero_dashboard.charts import funnel, heatmap, network_map, pareto
from aero_dashboard.charts import route as route_charts
from aero_dashboard.charts.style import DARK, LIGHT, palette
from aero_dashboard.i18n import Translator
from aero_dashboard.limits import Z_95, Z_CONTROL, judged, with_interval

T = Translator("es")
CELLS = pd.DataFrame(
    {
        "route": ["A-B", "A-B", "C-D", "E-F"],
        "std_local_hour": [6, 22, 6, 9],
        "legs": [40, 5, 30, 3],
        "on_time_legs": [38, 5, 20, 3],
        "unknown_legs": [1, 0, 0, 0],
    }
)


def layers(chart) -> list[dict]:
    return chart.to_dict()["layer"]


def test_a_cell_below_the_minimum_sample_has_no_share_in_words_and_is_hatched():
    rows = heatmap.cells(CELLS, 8, T)
    small = rows[rows["is_small"]]
    assert set(small["route"]) == {"A-B", "E-F"}
    assert set(small["share_text"]) == {"muestra insuficiente"}
    drawn = layers(heatmap.chart(rows, T, LIGHT, 0.86))
    hatches = [layer for layer in drawn if layer["mark"]["type"] == "rule"]
    assert len(hatches) == 3
    assert {(layer["encoding"]["x"]["bandPosition"], layer["encoding"]["y2"]["bandPosition"]) for layer in hatches} == {
        (0.0, 0.0), (0.5, 0.5),
    }  # fmt: skip
    coloured = [layer for layer in drawn if layer["encoding"].get("color", {}).get("field") == "share"]
    assert len(coloured) == 1


def test_the_least_punctual_of_the_busiest_routes_comes_first():
    rows = heatmap.cells(CELLS, 8, T, routes=2)
    assert list(dict.fromkeys(rows["route"])) == ["C-D", "A-B"]


def test_a_heat_map_without_small_cells_has_no_hatching():
    rows = heatmap.cells(CELLS, 1, T)
    assert all(layer["mark"]["type"] != "rule" for layer in layers(heatmap.chart(rows, T, LIGHT, 0.86)))


def network(count: int = 30) -> pd.DataFrame:
    legs = [20 + 10 * number for number in range(count)]
    on_time = [round(0.85 * n) for n in legs]
    on_time[5], on_time[20] = 10, 219
    return pd.DataFrame(
        {"route": [f"R{n:02d}-X" for n in range(count)], "legs": legs, "on_time_legs": on_time, "unknown_legs": 0}
    )


def test_outliers_of_the_funnel_have_names_the_farthest_first():
    rows, centre = judged(network(), Z_95, 8)
    assert centre is not None
    assert list(funnel.outliers(rows)["route"]) == ["R05-X", "R20-X"]
    spec = funnel.chart(rows, centre, T, LIGHT).to_dict()
    named = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert named
    shapes = next(layer for layer in spec["layer"] if "shape" in layer["encoding"])["encoding"]["shape"]["scale"]
    assert shapes["range"] == ["triangle-down", "circle", "triangle-up"]


def test_names_of_the_funnel_do_not_cover_each_other():
    crowd = pd.DataFrame({"route": [f"R{n}" for n in range(12)], "legs": [100] * 12, "share": [0.5] * 12})
    places = funnel.placed(crowd, 0.4)
    assert sum(len(own) for _, own in places) == len(places) <= len(funnel.PLACES)


def test_bars_of_the_pareto_fall_and_their_shares_reach_the_whole():
    causes = pd.DataFrame(
        {"cause": ["late_aircraft", "carrier", "volcano"], "delayed_legs": [3, 2, 1], "delay_minutes": [60, 30, 10]}
    )
    rows = pareto.by_cause(causes, T)
    assert list(rows["label"]) == ["Llegada tardía del avión (reaccionaria)", "Aerolínea", "volcano"]
    assert rows["reached_text"].iloc[-1] == T.percent(1, 0)
    assert "color" not in layers(pareto.chart(rows, T, LIGHT))[1]["encoding"]


def test_codes_beyond_the_largest_become_one_bar_and_say_who_answers():
    codes = pd.DataFrame(
        {
            "code": ["93", "41", "71", "99"],
            "description_es": ["Avión tarde", "Falla", "Clima", None],
            "description_en": ["Late", "Defect", "Weather", None],
            "is_imputable": pd.array([None, True, False, None], dtype="boolean"),
            "delayed_legs": [4, 3, 2, 1],
            "delay_minutes": [400, 300, 200, 100],
        }
    )
    rows = pareto.by_code(codes, T, most=3)
    assert list(rows["label"]) == ["93 · Avión tarde", "41 · Falla", "71 · Clima", "Otros 1 códigos"]
    assert list(rows["kind"]) == ["imputable según causa raíz", "imputable", "no imputable", "varias"]
    assert rows["delay_minutes"].sum() == 1000


def test_the_control_chart_spans_the_period_and_marks_days_by_shape():
    days = pd.DataFrame(
        {
            "operating_date": pd.to_datetime(["2026-11-09", "2026-11-10", "2026-11-12"]),
            "legs": [40, 40, 3],
            "on_time_legs": [39, 12, 3],
            "unknown_legs": [0, 0, 0],
        }
    )
    rows, centre = judged(days, Z_CONTROL, 8)
    assert centre is not None
    spec = route_charts.trend(rows, centre, date(2026, 11, 9), date(2026, 11, 22), T, LIGHT).to_dict()
    x = spec["layer"][0]["encoding"]["x"]
    assert x["scale"]["domain"] == ["2026-11-09T00:00:00Z", "2026-11-22T00:00:00Z"]
    assert "utcdate" in x["axis"]["labelExpr"]
    assert "nov" in x["axis"]["labelExpr"]
    shapes = {layer["mark"].get("shape") for layer in spec["layer"] if layer["mark"]["type"] == "point"}
    assert shapes == {"triangle-up", "triangle-down", "circle"}


def test_the_block_chart_counts_every_leg_once():
    blocks = pd.DataFrame(
        {"block_minutes": [131, 134, 135, 150], "scheduled_block_minutes": [140] * 4, "legs": [1, 2, 3, 4]}
    )
    spec = route_charts.block(blocks, T, LIGHT).to_dict()
    bars = spec["datasets"][spec["layer"][0]["data"]["name"]]
    assert {row["start"]: row["legs"] for row in bars} == {130: 3, 135: 3, 150: 4}
    names = [row["text"] for rows in spec["datasets"].values() for row in rows if "text" in row]
    assert "programado 140" in names
    assert {"p10 131", "p50 135", "p90 150"} <= set(names)


def test_hours_below_the_minimum_sample_are_drawn_apart():
    hours = pd.DataFrame({"std_local_hour": [6, 7], "legs": [30, 2], "on_time_legs": [27, 2], "unknown_legs": [0, 0]})
    spec = route_charts.hours(with_interval(hours), 8, T, LIGHT).to_dict()
    filters = {layer["transform"][0]["filter"] for layer in spec["layer"]}
    assert filters == {"datum.is_small", "!datum.is_small"}


@pytest.mark.parametrize(
    ("places", "centre"),
    [([(19.4, -99.1), (21.0, -86.9)], (-93.0, 20.2)), ([(19.4, -99.1), (40.5, -3.6)], (-51.35, 30.7))],
)
def test_the_map_is_centred_on_its_airports(places, centre):
    found = network_map.projection(pd.DataFrame(places, columns=["latitude", "longitude"]))
    assert found["center"] == pytest.approx(centre, abs=0.2)


def test_a_map_asks_nobody_but_ourselves_and_leaves_out_unknown_airports():
    routes = pd.DataFrame(
        {
            "route": ["MEX-CUN", "MEX-???"], "origin": ["MEX", "MEX"], "destination": ["CUN", "???"],
            "status": ["V", "R"],
            "status_text": ["● V", "■ R"], "legs": [9, 9], "share_text": ["", ""], "legs_text": ["", ""],
        }
    )  # fmt: skip
    airports = pd.DataFrame(
        {"iata": ["MEX", "CUN"], "latitude": [19.4, 21.0], "longitude": [-99.1, -86.9], "municipality": ["a", "b"]}
    )
    drawing = network_map.chart(routes, airports, T, LIGHT)
    assert drawing is not None
    spec = drawing.to_dict()
    assert spec["layer"][0]["data"]["url"] == "app/static/countries-110m.json"
    drawn = spec["datasets"][spec["layer"][1]["data"]["name"]]
    assert [row["route"] for row in drawn] == ["MEX-CUN"]
    assert network_map.chart(routes.iloc[1:], airports, T, LIGHT) is None


def test_dark_pages_get_their_own_colours():
    assert palette("dark") == DARK != LIGHT == palette("light") == palette(None)
