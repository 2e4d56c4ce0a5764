"""The live board as a duty manager meets it: what is open, what is done about it, and when nothing can be said."""

import re
from datetime import timedelta

import pytest

from aero_dashboard.i18n import catalogue
from tests.dashboard.conftest import show
from tests.dashboard.live_line import MemoryLine, html, open_board, press, words
from tests.unit.streaming.alert_samples import at, event, leg, state

TEXTS = catalogue("es")
EVIL = "<img src=x onerror=alert(1)>[x](javascript:alert(1))"


@pytest.fixture
def line():
    """A flight that is two hours late, and nobody has seen it."""
    line = MemoryLine()
    line.late(130, 123, std_utc_offset_minutes=-480)
    return line


def alert_key(line):
    return line.key("long_delay_flight", f"{123:032x}")


def named(app, name):
    app.text_input(key="live_who").set_value(name)
    return app.run()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", ["■ ROJO", "sin atender", "severidad alta", "AM123 MEX-CUN 10:00 → est. 12:10 · XA-AAA",
                "Demora prolongada: 130 min (límite 120 min)", "25 nov 2026, 09:55 (UTC−8) · 17:55 UTC", "hace 5 min",
                "Informar a los pasajeros", "Datos sintéticos"]),
        ("en", ["■ RED", "unattended", "severity high", "AM123 MEX-CUN 10:00 → est. 12:10 · XA-AAA",
                "Long delay: 130 min (limit 120 min)", "25 Nov 2026, 09:55 (UTC−8) · 17:55 UTC", "5 min ago",
                "Inform the passengers", "Synthetic data"]),
    ],
)  # fmt: skip
def test_an_alert_says_what_where_since_when_value_limit_n_and_what_to_do(line, language, said):
    app = open_board(line.live(), lang=language)
    assert not app.exception
    for text in said:
        assert text in words(app)


def test_a_hub_and_its_routes_are_one_problem_and_name_the_three_worst_flights():
    line = MemoryLine()
    line.bad_hub()
    app = open_board(line.live())
    assert "Alertas abiertas: 1" in words(app)
    assert "2 relacionadas, agrupadas en otra alerta" in words(app)
    assert "AM203 MEX-GDL +53 min; AM202 MEX-CUN +52 min; AM201 MEX-CUN +51 min" in words(app)
    [folded] = [box for box in app.expander if box.label == "Dependen de esta: 2"]
    assert [("MEX\\-CUN" in button.label, "MEX\\-GDL" in button.label) for button in folded.button] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_colours_come_with_shape_letter_value_and_n_and_too_small_a_sample_is_grey():
    line = MemoryLine()
    line.plan()
    line.send(
        state("route", "MEX-GDL", arrived_legs=7, arr_late_15_legs=7),
        state("route", "MEX-MTY", arrived_legs=20),
        state("route", "MEX-TIJ", arrived_legs=20, arr_late_15_legs=5),
        state("hub_quarter", "MEX", quarter_at=at("17:45"), departed_legs=20, dep_late_15_legs=20),
    )
    app = open_board(line.live())
    drawn = html(app).replace("&nbsp;", " ")
    assert '▲ A</span></b> MEX-TIJ <span>75.0 % · n = 20</span>' in drawn  # fmt: skip
    assert '● V</span></b> MEX-MTY <span>100.0 % · n = 20</span>' in drawn  # fmt: skip
    assert '○ </span></b> MEX-GDL <span>0.0 % · n = 7</span>' in drawn  # fmt: skip
    assert '■ R</span></b> Puntualidad de salida del hub <span>0.0 % · n = 20</span>' in drawn  # fmt: skip
    assert "■ rojo: 0 · ▲ ámbar: 1 · ● verde: 1 · ○ gris · muestra insuficiente: 1" in words(app)


def test_acknowledging_needs_a_name_and_goes_to_the_log_with_its_note(line):
    app = open_board(line.live(), alert=alert_key(line))
    app.text_area[0].set_value("avión de reserva")
    press(app, TEXTS["live.acknowledge"])
    assert TEXTS["live.needs_name"] in words(app)
    assert not line.live().alerts.decisions_of(alert_key(line))
    named(app, "Ana")
    press(app, TEXTS["live.acknowledge"])
    assert "Reconocida por Ana: Demora prolongada" in words(app)
    assert "Nota: avión de reserva" in words(app)
    (decision,) = line.live().alerts.decisions_of(alert_key(line))
    assert (decision["who"], decision["note"]) == ("Ana", "avión de reserva")
    assert [table.value["Responsable"].tolist() for table in app.dataframe] == [["el sistema", "Ana"], ["Ana"]]
    press(app, TEXTS["live.read"])
    assert "Reconocida por Ana: Demora prolongada" not in words(app)


def test_of_two_people_at_once_one_wins_and_the_other_is_told_who_and_sees_what_is(line):
    live = line.live()
    ana, luis = (named(open_board(live), name) for name in ("Ana", "Luis"))
    press(ana, TEXTS["live.acknowledge"])
    press(luis, TEXTS["live.acknowledge"])
    assert "Ana actuó antes y tu acción no se guardó: la alerta está ahora «reconocida»" in words(luis)
    assert "Reconocida por **Ana**" in words(luis)
    assert TEXTS["live.acknowledge"] not in [button.label for button in luis.button]
    assert [decision["who"] for decision in live.alerts.decisions_of(alert_key(line))] == ["Ana"]


def test_when_it_got_worse_since_it_was_drawn_the_platform_was_faster(line):
    app = named(open_board(line.live()), "Ana")
    line.late(250, 123, 5, "18:06")
    press(app, TEXTS["live.acknowledge"])
    assert "el sistema actuó antes" in words(app)
    assert "◆ CRÍTICO" in words(app)
    assert not line.live().alerts.decisions_of(alert_key(line))


def test_a_reading_that_moved_since_it_was_drawn_does_not_stop_anybody(line):
    app = named(open_board(line.live()), "Ana")
    line.send(leg(123, 4, "18:01", expected_delay_minutes=140))
    press(app, TEXTS["live.acknowledge"])
    assert "Reconocida por Ana" in words(app)
    assert "140 min" in words(app)


def test_shelving_needs_a_reason_puts_the_alert_aside_and_it_can_be_taken_back(line):
    app = named(open_board(line.live(), alert=alert_key(line)), "Ana")
    press(app, TEXTS["live.shelve"])
    assert TEXTS["live.needs_reason"] in words(app)
    app.selectbox(key=next(box.key for box in app.selectbox if "minutes" in box.key)).select(60)
    next(box for box in app.text_input if "reason" in box.key).set_value("grúa en camino")
    press(app, TEXTS["live.shelve"])
    assert "Pospuesta por **Ana** hasta 25 nov 2026, 11:00 (UTC−8) · 19:00 UTC: grúa en camino" in words(app)
    press(app, TEXTS["live.back"])
    assert "Alertas abiertas: 0" in words(app)
    assert next(box.label for box in app.expander) == "Pospuestas: 1"
    press(app, TEXTS["live.details"])
    press(app, TEXTS["live.unshelve"])
    decided = [decision["decision"] for decision in line.live().alerts.decisions_of(alert_key(line))]
    assert decided == ["SHELVED", "UNSHELVED"]
    assert line.live().alerts.alert(alert_key(line)).state == "FIRING"


def test_a_feed_never_heard_is_no_signal_and_has_no_colour():
    app = open_board(MemoryLine().live())
    assert not app.exception
    assert f"**{TEXTS['live.no_signal']}** {TEXTS['live.silent_never']}" in words(app)
    assert "Todavía no hay cifras." in words(app)
    assert "aero-V" not in html(app).partition("<style>")[0]


def test_a_feed_that_falls_silent_turns_everything_grey_with_a_banner():
    line = MemoryLine()
    line.send(state("route", "MEX-MTY", arrived_legs=20), state("network", "network", arrived_legs=200))
    assert TEXTS["live.no_signal"] not in words(open_board(line.live()))
    line.tick("18:25")
    app = open_board(line.live())
    assert "Sin datos de la fuente desde 25 nov 2026, 12:00 (UTC−6) · 18:00 UTC" in words(app)
    assert "○ gris · sin señal: 1" in words(app)
    assert "● verde: 0" in words(app)


def test_the_address_of_an_alert_opens_it_with_all_that_happened_even_when_it_is_closed(line):
    line.send(leg(123, 4, "18:30", corrections=1, expected_delay_minutes=5, in_at=at("20:01")))
    assert not line.live().alerts.open_alerts()
    app = open_board(line.live(), alert=alert_key(line), lang="en")
    assert dict(app.query_params) == {"lang": "en", "alert": alert_key(line)}
    assert "closed" in words(app)
    assert "Corrected: the data that raised it were withdrawn" in words(app)
    assert app.dataframe[0].value["Change"].tolist() == ["raised", "closed"]
    assert "raised by data v3, cancelled by data v4" in app.dataframe[0].value["Detail"].iloc[1]
    assert not [button for button in app.button if button.label == "Acknowledge"]


@pytest.mark.parametrize("key", ["nothing#leg#x#2026-11-25", EVIL])
def test_the_address_of_an_alert_that_is_not_there_says_so_and_leads_back(line, key):
    app = open_board(line.live(), alert=key)
    assert not app.exception
    assert f"No hay ninguna alerta {key}" in words(app)
    assert "[x](javascript" not in "".join(box.value for box in app.info)
    press(app, TEXTS["live.back"])
    assert dict(app.query_params) == {"lang": "es"}
    assert "Alertas abiertas: 1" in words(app)


def test_a_key_longer_than_any_alerts_goes_to_no_table(line):
    app = open_board(line.live(), alert="x" * 5000)
    assert not app.exception
    assert "Alertas abiertas: 1" in words(app)
    assert dict(app.query_params) == {"lang": "es"}


def test_names_and_notes_are_shown_as_they_are_and_never_as_markup(line):
    app = named(open_board(line.live(), alert=alert_key(line)), EVIL)
    app.text_area[0].set_value(EVIL)
    press(app, TEXTS["live.acknowledge"])
    assert EVIL in words(app)
    shown = [element.value for element in (*app.markdown, *app.success)]
    assert not any(re.search(r"(?<!\\)<img|(?<!\\)\]\(", text) for text in shown)


def ask(app, subject):
    app.text_input(key="live_subject").set_value(subject)
    return press(app, TEXTS["live.history_show"])


def test_the_history_of_a_flight_or_a_route_lists_its_events_between_two_times(line):
    line.send(
        event("cancel", 7, "12:00", cancellation_code="B"),
        event("reinstate", 7, "13:00"),
        event("divert", 8, "14:00", diverted_to="ACA"),
        event("out", 9, "15:00", departure_delay_minutes=75, is_actual=True),
    )
    app = ask(open_board(line.live()), "am 7")
    events = app.dataframe[0].value
    assert events["Evento"].tolist() == ["cancelación", "vuelve a operar"]
    assert events["Contenido"].tolist() == ["código B", "—"]
    assert set(events["Etiqueta"]) == {"datos sintéticos"}
    events = ask(app, "MEX-CUN").dataframe[0].value
    assert events["Contenido"].tolist() == ["código B", "—", "a ACA", "demora de salida 75 min; real"]
    app.datetime_input(key="live_from").set_value(app.datetime_input(key="live_from").value + timedelta(hours=19))
    assert press(app, TEXTS["live.history_show"]).dataframe[0].value["Vuelo"].tolist() == ["AM7", "AM8", "AM9"]
    assert "0 eventos" in words(ask(app, "AM999"))
    assert TEXTS["live.history_bad"] in words(ask(app, "x' OR 1"))


def test_rules_on_trial_are_shown_on_demand_only():
    line = MemoryLine()
    baseline = {"baseline_key": "otp_a14#route#MEX-CUN", "value": 95.0, "n": 500, "days": 28, "as_of": "2026-11-24"}
    line.memory.items["baselines"][("otp_a14#route#MEX-CUN",)] = baseline
    line.send(state("route", arrived_legs=20, arr_late_15_legs=4))
    line.heartbeat("18:19")
    line.tick("18:20")
    app = open_board(line.live())
    assert "frente a sus 28 días" not in words(app)
    app.toggle(key="live_shadow").set_value(True).run()
    assert "Puntualidad de la ruta frente a sus 28 días: MEX-CUN" in words(app)
    assert "regla en prueba" in words(app)
    assert "habitual 95.0 %" in words(app)


def test_the_day_before_can_be_looked_at(line):
    line.send({**state("route", "MEX-MTY", arrived_legs=20), "operating_date": "2026-11-24"})
    app = open_board(line.live())
    assert "Rutas: 0" in words(app)
    app.selectbox(key="live_day").select(1).run()
    assert "Rutas: 1" in words(app)
    assert "día de operación 2026-11-24" in words(app)


@pytest.mark.parametrize("language", ["es", "en"])
def test_without_the_live_part_the_page_says_so_in_one_sentence(language, open_page, synthetic, tmp_path):
    (tmp_path / "nothing").mkdir()
    for folder in (synthetic, tmp_path / "nothing"):
        app = open_page(folder, "live", lang=language)
        assert not app.exception
        assert catalogue(language)["live.not_here"] in [box.value for box in app.info]
        assert catalogue(language)["footer.not_affiliated"] in words(app)


def test_the_choices_of_other_pages_survive_a_look_at_the_live_page(open_page, synthetic):
    app = open_page(synthetic, period="7d", carrier="AM", lang="en")
    show(app, "live")
    assert app.title[0].value == "Live"
    app.button_group(key="f_lang").set_value("es").run()
    assert app.title[0].value == "En vivo"
    show(app, "network")
    assert (app.query_params["period"], app.query_params["carrier"], app.query_params["lang"]) == ("7d", "AM", "es")
