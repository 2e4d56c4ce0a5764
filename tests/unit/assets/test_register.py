"""The register: what is wrong with an entry is said with its file and its line."""

import pytest

from aero_assets.feeds import FOLDER, FeedError, doors, feeds, find, load_feed, load_register

GOOD = (FOLDER / "partner" / "bts_ontime.toml").read_text(encoding="utf-8")


def entry(tmp_path, text, name="partner/bts_ontime"):
    path = tmp_path / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def complaint(tmp_path, text, name="partner/bts_ontime"):
    with pytest.raises(FeedError) as caught:
        load_feed(entry(tmp_path, text, name))
    return f"{caught.value}"


def line_of(text, needle):
    return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)


def test_every_entry_loads_and_can_be_found():
    assert find("partner/bts_ontime") in feeds()


def test_an_unknown_feed_is_answered_with_the_ones_there_are():
    with pytest.raises(FeedError, match=r"no feed 'x/y'; registered: .*partner/bts_ontime"):
        find("x/y")


def test_the_door_is_told_the_header_and_the_contract():
    [door] = [door for door in doors() if door["feed"] == "partner/bts_ontime"]
    assert door["header"] == list(find("partner/bts_ontime").header)
    assert door["contract"] == find("partner/bts_ontime").contract


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('grain = "one row', 'grain = ""  # "one row', "`grain` is missing"),
        ('arrival = "file"', 'arrival = "pigeon"', "`arrival` is one of file, event, log, table"),
        ('identity = ["leg_uid"]', "# none", "`identity` is missing"),
        ('identity = ["leg_uid"]', 'identity = ["leg"]', "`identity` lists columns of the feed; leg is none"),
        (
            'identity = ["leg_uid"]',
            'contradiction = "first"\nidentity = ["leg_uid"]',
            "`contradiction` is one of refuse",
        ),
        ('about = "US', 'about = ""  # "US', "`about` is missing"),
        ('row_key = ["leg_uid"]', 'row_key = ["leg"]', "`row_key` lists columns of the feed; leg is none"),
        ('"ORIGIN_AIRPORT", "DESTINATION_AIRPORT"]', '"ORIGIN_AIRPORT"]', "`airport_numbers` lists the columns that"),
        ('row_key = ["leg_uid"]', "across_dates = true", "`across_dates` is about versions of rows of a table"),
        (
            'name = "tail"\ntype = "VARCHAR"',
            'name = "tail"\ntype = "VARCHAR"\nwarehouse_type = "money"',
            'a `warehouse_type` is like "decimal(18, 2)"',
        ),
        ("version = 2", "version = 0", "`version` must be a whole number from 1"),
        ('business_date = "operating_date"', 'business_date = "day"', "no DATE column named 'day'"),
        ('name = "tail"\ntype = "VARCHAR"', 'name = "tail"\ntype = "TEXT"', "type 'TEXT': use one of"),
        ('code = "bad_date"', 'code = "missing_value"', "[[rules]] 'missing_value' is twice"),
        ('code = "bad_date"', 'code = "Bad date"', "[[rules]] 'Bad date' is not snake_case"),
        ('name = "number"', 'name = "flight_number"', "'flight_number' is also a raw column"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, says):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    message = complaint(tmp_path, text)
    assert says in message
    number = int(message.split(".toml:")[1].split(":")[0])
    assert abs(number - line_of(text, new.splitlines()[0])) <= 1 or "twice" in says


def test_a_missing_key_of_an_entry_is_named_with_the_line_of_the_entry(tmp_path):
    text = GOOD + '\n[[rules]]\ncode = "half_a_rule"\n'
    message = complaint(tmp_path, text)
    assert f".toml:{len(text.splitlines()) - 1}: [[rules]]" in message
    assert "'when'" in message


def test_broken_toml_is_named_with_its_line(tmp_path):
    assert "line" in complaint(tmp_path, GOOD.replace("version = 2", "version = = 1", 1))


def test_an_entry_in_the_wrong_folder_is_refused(tmp_path):
    assert "must live in partner/bts_ontime.toml" in complaint(tmp_path, GOOD, "other/bts_ontime")


def test_a_change_of_any_rule_changes_the_contract(tmp_path):
    changed = load_feed(entry(tmp_path, GOOD.replace("not between 1 and 9999", "not between 1 and 8999", 1)))
    assert changed.contract != find("partner/bts_ontime").contract


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('about = "US', 'about = "Domestic US'),
        ('row_key = ["leg_uid"]', 'row_key = ["carrier"]'),
        ('name = "tail"\n', 'name = "tail"\nwarehouse_type = "decimal(18, 2)"\n'),
    ],
)
def test_what_only_the_warehouse_needs_changes_no_contract(tmp_path, old, new):
    assert old in GOOD
    changed = load_feed(entry(tmp_path, GOOD.replace(old, new, 1)))
    assert changed != find("partner/bts_ontime")
    assert changed.contract == find("partner/bts_ontime").contract


def test_a_register_is_read_whole(tmp_path):
    entry(tmp_path, GOOD)
    assert [feed.path for feed in load_register(tmp_path)] == ["partner/bts_ontime"]


ATTEMPT = """
[[columns]]
name = "attempt"
type = "INTEGER"
required = true
description = "Which departure attempt the row speaks of, as the sender counts them."
sql = "whole(DAY)"
"""


def test_a_column_of_a_lineage_name_replaces_the_lineage_column(tmp_path):
    feed = load_feed(entry(tmp_path, GOOD + ATTEMPT))
    [attempt] = [column for column in feed.columns if column.name == "attempt"]
    assert (attempt.sql, attempt.required) == ("whole(DAY)", True)
    before = find("partner/bts_ontime")
    assert {column.name for column in feed.columns} == {column.name for column in before.columns}
    assert feed.contract != before.contract


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"INTEGER"', '"VARCHAR"', "column attempt replaces ours: type INTEGER, required = true"),
        ("required = true", "required = false", "column attempt replaces ours: type INTEGER, required = true"),
        ('"attempt"', '"event_id"', "column event_id is set by the typed step; a feed may declare attempt,"),
    ],
)
def test_a_column_that_cannot_stand_in_for_a_lineage_column_is_refused(tmp_path, old, new, says):
    text = GOOD + ATTEMPT.replace(old, new, 1)
    message = complaint(tmp_path, text)
    assert says in message
    [line] = [line for line in text.splitlines() if line.endswith(('"attempt"', '"event_id"'))]
    assert f".toml:{line_of(text, line)}:" in message


EVENTS = (FOLDER / "commercial" / "bookings.toml").read_text(encoding="utf-8")


def test_a_feed_of_events_reads_every_field_of_its_topic_and_keeps_the_lineage_of_the_event():
    feed = find("commercial/bookings")
    assert {"event_id", "received_at", "schema_version", "leg_uid", "booked_seats"} <= set(feed.header)
    assert "passengers" not in feed.header
    lineage = {column.name: column.sql for column in feed.columns}
    assert (lineage["event_id"], lineage["received_at"], lineage["version"]) == ("event_id", "received_at", "version")
    assert "attempt" not in lineage


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('topic = "bookings"', 'topic = "weather"', "names its `topic`: leg-events, bookings, feedback"),
        ('topic = "bookings"\n', "", "names its `topic`: leg-events, bookings, feedback"),
        ('topic = "bookings"', 'topic = "bookings"\nheader = ["A"]', "events have no `header` and no `delimiter`"),
        ('name = "days_to_departure"', 'name = "version"', "column version of a feed of events comes by itself"),
        ('name = "days_to_departure"', 'name = "attempt"', "column attempt of a feed of events comes by itself"),
    ],
)
def test_a_mistake_in_a_feed_of_events_is_named(tmp_path, old, new, says):
    assert old in EVENTS
    assert says in complaint(tmp_path, EVENTS.replace(old, new, 1), "commercial/bookings")


def test_a_feed_of_files_has_no_topic(tmp_path):
    assert "`topic` belongs to a feed of events" in complaint(tmp_path, f'topic = "feedback"\n{GOOD}')


LOG = (FOLDER / "alerts" / "decisions.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"log_id", ', "", "lines of a log have `log_id` and `arrived_at`: name both"),
        ('name = "note"', 'name = "received_at"', "column received_at of a log comes by itself, leave it out"),
        ('name = "note"', 'name = "attempt"', "column attempt of a log comes by itself, leave it out"),
    ],
)
def test_a_log_names_its_lines_and_brings_its_own_lineage(tmp_path, old, new, says):
    assert says in complaint(tmp_path, LOG.replace(old, new, 1), "alerts/decisions")


REPORT = (FOLDER / "partner" / "bts_departures.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('format = "csv"', 'format = "docx"', "`format` is one of csv, xlsx, parquet, lines"),
        ('format = "csv"', 'format = "parquet"', '`captions` belongs to format = "csv"'),
        ("preamble_lines = 7", "preamble_lines = -1", "`preamble_lines` is a whole number of lines"),
        ("preamble_lines = 7\n", "", "[[captions]] are read from the preamble"),
        ("([A-Z]{3})", "[A-Z]{3}", "caption ORIGIN must be a regular expression with 1 groups"),
        ("([A-Z]{3})", "([A-Z]{3}", "caption ORIGIN is no regular expression"),
        ('name = "ORIGIN"', 'name = "Carrier Code"', "`header` names carrier code twice"),
        ('footer = " SOURCE:"', 'line_pattern = "x"', '`line_pattern` belongs to format = "lines"'),
        ('footer = " SOURCE:"', "name_pattern = '(x)'", "`name_pattern` must be a regular expression with 0 groups"),
        ('footer = " SOURCE:"', 'supersedes = "all"', "`supersedes` is one of key, period"),
        ('footer = " SOURCE:"', 'supersedes = "period"', "a required TIMESTAMP column edition_at"),
    ],
)
def test_a_mistake_in_the_layout_of_a_file_is_named_with_its_line(tmp_path, old, new, says):
    assert old in REPORT
    text = REPORT.replace(old, new, 1)
    message = complaint(tmp_path, text, "partner/bts_departures")
    assert says in message
    assert ".toml:1:" not in message


def test_the_door_is_told_what_stands_around_the_records_and_nothing_of_a_plain_file():
    told = {door["feed"]: door for door in doors()}
    assert told["partner/bts_departures"]["layout"] == {
        "preamble_lines": 7,
        "footer": " SOURCE:",
        "captions": [r"^Origin Airport: .*\(([A-Z]{3})\)\s*$", r"^Airline: .*\(([A-Z0-9]{2})\)\s*$"],
    }
    assert find("partner/bts_ontime").layout.door()["by_name"] is True
    assert "layout" not in told["partner/airline_legs"]


def test_a_change_of_the_layout_changes_the_contract(tmp_path):
    changed = load_feed(entry(tmp_path, REPORT.replace("SOURCE:", "FUENTE:"), "partner/bts_departures"))
    assert changed.contract != find("partner/bts_departures").contract
