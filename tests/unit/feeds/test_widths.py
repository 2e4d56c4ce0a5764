"""Widths of text columns: the register states them, the typed step keeps to them, staging and marts carry them."""

import re
from datetime import date

import pytest
import yaml

from aero_assets.dbt import dbt_project, manifest
from aero_assets.defs.alerts.copies import wrapped
from aero_assets.feeds import DEFAULT_WIDTH, FOLDER, feeds, load_feed
from aero_cli.feeds.feed_sync import staging_model
from aero_streaming.events.types import EVENT_TYPES, fields_of
from tests.judging import judged

COSTS = "Fecha;Vuelo;Ruta;Concepto;Importe;Moneda;Factura\n2026-11-01;AM 905;MEX-CUN;Combustible;18.500,50;MXN;{}\n"
WIDE = {
    (feed.path, column.name): column.width
    for feed in feeds()
    for column in feed.columns
    if column.width not in (0, DEFAULT_WIDTH)
}


def test_every_text_has_a_width_and_nothing_else_has():
    columns = [column for feed in feeds() for column in feed.columns]
    assert {column.type for column in columns if column.width} == {"VARCHAR"}
    assert [column.name for column in columns if column.type == "VARCHAR" and not column.width] == []
    assert WIDE["alerts/decisions", "note"] == 4 * 300


@pytest.mark.parametrize("text", ["x" * 256, "ñ" * 128, "€" * 85, "𝄞" * 64], ids=["1", "2", "3", "4"])
def test_a_text_as_long_as_its_column_is_taken_and_a_byte_more_is_refused(text):
    [row] = judged("partner/costs", COSTS.format(text))
    assert (row["reason"], row["reference"]) == (None, text)
    [row] = judged("partner/costs", COSTS.format(f"{text}yy"))
    assert row["reason"] == "text_too_long"
    size = len(text.encode()) + 2
    assert row["message"].startswith(f"reference has {size} bytes and may have 256: {text[:10]}")


def test_a_text_that_breaks_a_rule_of_its_feed_keeps_that_reason():
    [row] = judged("partner/costs", COSTS.format("x" * 999).replace("2026-11-01", "1986-11-01"))
    assert row["reason"] == "date_out_of_range"


def test_the_longest_note_that_a_page_takes_is_a_row():
    note = "ñ" * 300
    line = {"log_id": "d", "decision_id": "d", "arrived_at": "2026-11-24T23:00:00Z", "subject": "block time of AM1",
            "decision": "ACKNOWLEDGED", "decided_at": "2026-11-24T23:00:00Z", "who": "Ana", "note": note}  # fmt: skip
    [row] = judged("alerts/decisions", wrapped(line), date(2026, 11, 25))
    assert (row["reason"], row["note"]) == (None, note)
    [row] = judged("alerts/decisions", wrapped(line | {"note": "x" * 1201}), date(2026, 11, 25))
    assert row["reason"] == "text_too_long"


@pytest.mark.parametrize("feed", [feed for feed in feeds() if feed.arrival == "event"], ids=lambda feed: feed.path)
def test_no_event_that_the_stream_takes_is_too_long_for_the_lake(feed):
    """The longest text that a pattern takes has four bytes a character."""
    widths = {column.name: column.width for column in feed.columns}
    fields = {
        field.name: field for kind in EVENT_TYPES.values() if kind.topic == feed.topic for field in fields_of(kind)
    }
    longest = {
        name: int(match[1]) for name, field in fields.items() if (match := re.search(r"\.\{1,(\d+)\}", field.pattern))
    }
    assert longest.keys() == {"raw_ref", "data_label"}
    assert {name: number for name, number in longest.items() if 4 * number > widths[name]} == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "tail"\ntype = "VARCHAR"\n', 'name = "tail"\ntype = "VARCHAR"\nwidth = 70000\n'),
        ('name = "flight_number"\ntype = "INTEGER"\n', 'name = "flight_number"\ntype = "INTEGER"\nwidth = 4\n'),
    ],
)
def test_a_width_that_no_column_can_have_is_refused_with_its_line(tmp_path, old, new):
    path = tmp_path / "partner" / "bts_ontime.toml"
    path.parent.mkdir()
    text = (FOLDER / "partner" / "bts_ontime.toml").read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"bts_ontime\.toml:\d+: column \w+: only a VARCHAR has a `width`, 1 to 65535"):
        load_feed(path)


def test_another_width_is_another_contract(tmp_path):
    path = tmp_path / "partner" / "bts_ontime.toml"
    path.parent.mkdir()
    text = (FOLDER / "partner" / "bts_ontime.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('name = "tail"\n', 'name = "tail"\nwidth = 8\n', 1), encoding="utf-8")
    assert load_feed(path).contract != load_feed(FOLDER / "partner" / "bts_ontime.toml").contract


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_staging_casts_every_text_to_its_width(feed):
    """A cast to `varchar` alone is one to 256 bytes on Redshift, and cuts what is longer."""
    casts = dict(re.findall(r"cast\((\w+) as (varchar(?:\(\d+\))?)\)", staging_model(feed)))
    texts = [column for column in feed.columns if column.type == "VARCHAR"]
    assert casts == {
        column.name: "varchar" if column.width == DEFAULT_WIDTH else f"varchar({column.width})" for column in texts
    }


def test_marts_have_room_for_the_texts_that_they_take_from_a_feed():
    wide = {name: width for (_, name), width in WIDE.items()}
    narrow = [
        f"{node['name']}.{name} is {column['data_type']}"
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["contract"]["enforced"]
        for name, column in node["columns"].items()
        if name in wide and room(column["data_type"]) < wide[name]
    ]
    assert narrow == []
    assert "varchar(1200)" in [column["data_type"] for column in node_of("fct_decision")["columns"].values()]


def test_a_leg_has_room_for_every_problem_of_its_times():
    project = yaml.safe_load((dbt_project.project_dir / "dbt_project.yml").read_text(encoding="utf-8"))
    codes = [rule["code"] for rule in project["vars"]["time_rules"]]
    assert room(node_of("fct_leg")["columns"]["time_problem"]["data_type"]) >= len(" ".join(codes))


def node_of(name):
    """The model of the parsed project."""
    return next(node for node in manifest()["nodes"].values() if node["name"] == name)


def room(kind):
    """The bytes of a text type on Redshift."""
    width = re.fullmatch(r"varchar\((\d+)\)", kind)
    return int(width[1]) if width else DEFAULT_WIDTH
