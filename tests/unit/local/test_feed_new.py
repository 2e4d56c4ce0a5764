"""Adding a feed: what a sample becomes, and what a person is told until the feed is right."""

import gzip
import json
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aero_assets.feeds import feeds, load_feed
from aero_assets.feeds.register import OWN
from aero_cli.feeds.feed_check import check
from aero_cli.feeds.layout import Layout
from tests.judging import broken, judged
from tests.unit.local.feed_gaps import GAPS, RULE
from tests.unit.local.slots_feed import NAME, SLOTS, TODAY, aero, described, pieces, written


def other_than_placeholders(layout: Layout) -> list[str]:
    return [finding for finding in check(NAME, layout) if "DESCRIBE:" not in finding]


def types(layout: Layout) -> dict[str, str]:
    return {column.name: column.type for column in load_feed(layout.register(NAME)).columns}


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_every_registered_feed_is_complete(feed):
    assert check(feed.path) == []


def test_a_sample_becomes_a_feed_that_lacks_only_what_a_person_knows(tmp_path):
    layout = written(tmp_path)
    assert other_than_placeholders(layout) == []
    assert {
        "slot_date": "DATE", "airport": "VARCHAR", "flight_no": "INTEGER", "slot_time": "VARCHAR",
        "source_given": "VARCHAR", "order_given": "INTEGER", "seats": "INTEGER", "factor": "DOUBLE",
        "published_at": "TIMESTAMP", "remark": "VARCHAR", "cancelled": "BOOLEAN",
    }.items() <= types(layout).items()  # fmt: skip
    assert load_feed(layout.register(NAME)).max_days_ahead == 370


def test_a_feed_that_a_person_has_described_is_complete(tmp_path):
    assert check(NAME, described(tmp_path)) == []


def test_the_typed_step_takes_the_sample_and_refuses_what_does_not_fit(tmp_path):
    feed = load_feed(written(tmp_path).register(NAME))
    rows = judged(feed, SLOTS, TODAY)
    assert [row["reason"] for row in rows] == [None] * 4
    assert (rows[0]["remark"], rows[2]["remark"]) == ("Moved, by request", 'He said "no" twice')
    refused = {
        "bad_value": [{"Seats": "17.5"}, {"Seats": "many"}, {"Factor": "nan"}, {"cancelled": "2"},
                      {"Slot Date": "25 October"}, {"Published At": "2026-09-01 12:00:00+02:00"}],
        "missing_value": [{"Slot Date": ""}],
        "date_out_of_range": [{"Slot Date": "2028-01-01"}],
    }  # fmt: skip
    for reason, changes in refused.items():
        for change in changes:
            [row] = judged(feed, broken(SLOTS, change), TODAY)
            assert (row["reason"], bool(row["message"])) == (reason, True), change


def test_the_written_code_is_in_the_style_of_the_house(tmp_path):
    ruff = Path(sys.executable).with_name("ruff")
    test = written(tmp_path).test(NAME)
    for command in ("check", "format"):
        rest = ["--check"] if command == "format" else []
        # Under the name it will have: what tests may do, they may do by their folder.
        name = Path(__file__).parents[1] / "feeds" / test.name
        done = subprocess.run([ruff, command, *rest, "--no-cache", "--stdin-filename", name, "-"],
                              input=test.read_text(), capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_the_commented_example_turns_a_local_clock_into_utc(tmp_path):
    path = written(tmp_path).register(NAME)
    before, example, after = re.split(
        r"(?<=\n)(# \[\[clocks\]\].*?at_minute\(local_clock\)\"\n)", path.read_text(), flags=re.S
    )
    path.write_text(before + re.sub(r"(?m)^# ?", "", example) + after, encoding="utf-8")
    feed = load_feed(path)
    rows = judged(feed, SLOTS, TODAY)
    # Mexico City has no summer time, Cancún is one hour ahead of it; midnight at the end of the day is 2400.
    assert [row["local_clock_at"] for row in rows] == [
        datetime(2026, 10, 25, 12, 30), None, datetime(2026, 10, 26, 5), datetime(2026, 10, 26, 7, 5)  # noqa: DTZ001
    ]  # fmt: skip
    for reason, change in {"bad_time": {"SLOT_TIME": "2561"}, "unknown_airport": {"Airport": "ZZZ"}}.items():
        [row] = judged(feed, broken(SLOTS, change), TODAY)
        assert row["reason"] == reason


@pytest.mark.parametrize(
    ("text", "asks"),
    [("25/10/2026", False), ("05/10/2026", True), ("20261025", False), ("25-OCT-26", False), ("25.10.2026", False)],
)
def test_a_date_is_read_as_the_sender_writes_it_and_doubt_is_said(tmp_path, text, asks):
    layout = written(tmp_path, f"DAY_OF_SLOT,N\n{text},1\n", None)
    [row] = judged(load_feed(layout.register(NAME)), f"DAY_OF_SLOT,N\n{text},1\n", date(2026, 10, 25))
    assert (row["reason"], row["day_of_slot"].year, row["day_of_slot"].month) == (None, 2026, 10)
    assert any("cannot be told apart" in finding for finding in check(NAME, layout)) == asks


def test_a_date_spread_over_columns_is_left_to_a_person_with_an_example(tmp_path):
    layout = written(tmp_path, "YEAR,MONTH,DAY\n2026,10,25\n", "YEAR")
    assert types(layout)["business_date"] == "DATE"
    assert any("day_of(YEAR, MONTH, DAY)" in finding for finding in check(NAME, layout))


def test_a_time_with_an_offset_becomes_utc(tmp_path):
    sample = "DAY_OF_SLOT,SENT_AT\n2026-10-25,2026-10-25T06:30:00-06:00\n"
    [row] = judged(load_feed(written(tmp_path, sample, None).register(NAME)), sample, date(2026, 10, 25))
    assert row["sent_at"] == datetime(2026, 10, 25, 12, 30)  # noqa: DTZ001


HEADINGS = st.text(st.sampled_from("abcdeXYZ019 _-./%#'\"(),áñ"), min_size=1, max_size=9).filter(str.strip)
AWKWARD = ["order", "Date", "no", "on", "Source", "event_id", "record", "raw_key", "2nd Runway", "Año", "Body", "iata"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(HEADINGS, st.sampled_from(AWKWARD)), min_size=1, max_size=6, unique_by=str.lower))
def test_whatever_the_columns_are_called_the_feed_loads_and_lacks_only_descriptions(tmp_path_factory, names):
    header = [name for name in names if name.lower() not in OWN | {"slot date"}]
    line = ",".join('"' + name.replace('"', '""') + '"' for name in ["Slot Date", *header])
    layout = written(tmp_path_factory.mktemp("feed"), f"{line}\n2026-10-25{',7' * len(header)}\n")
    assert load_feed(layout.register(NAME)).header == ("Slot Date", *header)
    assert other_than_placeholders(layout) == []


@pytest.fixture(scope="module")
def complete(tmp_path_factory) -> dict[Path, str]:
    """A complete feed, as texts by path below the checkout."""
    layout = described(tmp_path_factory.mktemp("complete"))
    return {path.relative_to(layout.project): path.read_text() for path in layout.project.rglob("*.*")}


@pytest.mark.parametrize("gap", GAPS)
def test_what_is_missing_is_said_with_its_file(complete, tmp_path, gap):
    piece, old, new, says = GAPS[gap]
    layout = Layout(tmp_path)
    for path, text in complete.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    path = pieces(layout)[piece]
    text = path.read_text()
    changed = text + new if old == r"\Z" else text.replace(old, new)
    assert changed != text
    path.write_text(changed)
    findings = check(NAME, layout)
    assert any(says in finding for finding in findings), findings
    assert all(finding.startswith(f"{tmp_path}/") for finding in findings)


def test_the_line_of_a_failing_rule_is_named(tmp_path):
    layout = described(tmp_path)
    path = layout.register(NAME)
    path.write_text(
        path.read_text() + RULE.format("length(Seats) > 99") + RULE.format("Seatz = 1").replace("few", "odd")
    )
    line = path.read_text().splitlines().index('code = "too_odd_seats"')
    assert f"{path}:{line}: [[rules]]" in " ".join(check(NAME, layout))


@pytest.mark.parametrize("piece", ["register", "model", "yml", "test"])
def test_a_missing_file_is_missed(tmp_path, piece):
    layout = described(tmp_path)
    pieces(layout)[piece].unlink()
    assert check(NAME, layout)


@pytest.mark.parametrize(
    ("name", "body", "options", "code", "says"),
    [
        ("airport_slots", SLOTS, [], 2, "write system/feed"),
        ("partner/Airport-Slots", SLOTS, [], 2, "write system/feed"),
        ("afac/slots", SLOTS, [], 2, "partner/slots"),
        (NAME, SLOTS, ["--date", "Day"], 2, "--date COLUMN"),
        (NAME, "A,B\nx,1\n", [], 2, "--date COLUMN"),
        (NAME, "A,B\n2026-01-01,2026-01-02\n", [], 2, "one of: A, B"),
        (NAME, "", [], 1, "is empty"),
        (NAME, "A,B\n\n", [], 1, "no record below it"),
        (NAME, "A;B\n1;2\n", [], 1, "separated by semicolons"),
        (NAME, "A,,B\n1,2,3\n", [], 1, "column 2 has no name"),
        (NAME, "Day,day\n1,2\n", [], 1, "cannot tell apart"),
        (NAME, "A,_body\n1,2\n", [], 1, "_body"),
        (NAME, "A,B\n1,2\n1,2,3\n", [], 1, "sample.csv:3"),
        (NAME, 'A,B\n1,"2\n', [], 1, "quotation mark"),
        (NAME, "A,B\n1,México\n".encode("latin-1"), [], 1, "sample.csv:2: not UTF-8"),
        (NAME, "A,B\n1,2\n".encode("utf-16"), [], 1, "not UTF-8"),
        (NAME, gzip.compress(b"A,B\n1,2\n" * 99, mtime=0)[:-9], [], 1, "cannot be read"),
    ],
)
def test_what_cannot_become_a_feed_is_refused_and_nothing_is_written(tmp_path, name, body, options, code, says):
    (tmp_path / "sample.csv").write_bytes(body if isinstance(body, bytes) else body.encode())
    found, said = aero(tmp_path, "new", name, "--sample", str(tmp_path / "sample.csv"), *options)
    assert found == code, said
    assert says in " ".join(re.sub(r"[│\n]", " ", said).split())
    assert not list((tmp_path / "checkout").iterdir())


def test_a_sample_that_is_not_there_is_wrong_use(tmp_path):
    assert aero(tmp_path, "new", NAME, "--sample", str(tmp_path / "none.csv"))[0] == 2


def test_the_command_writes_says_what_is_missing_and_refuses_to_write_again(tmp_path):
    sample = tmp_path / "sample.csv.gz"
    sample.write_bytes(gzip.compress(b"\xef\xbb\xbf" + SLOTS.replace("\n", "\r\n").encode()))
    words = ("new", NAME, "--sample", str(sample), "--date", "Slot Date")
    code, said = aero(tmp_path, *words)
    assert (code, "still missing" in said, "airport_slots.toml:1: replace «DESCRIBE: who" in said) == (0, True, True)
    assert load_feed(Layout(tmp_path / "checkout").register(NAME)).header[0] == "Slot Date"
    code, said = aero(tmp_path, *words)
    assert (code, "already there, nothing was written" in said) == (1, True)
    assert aero(tmp_path, "check", NAME)[0] == 1


def test_a_complete_feed_is_said_to_be_and_json_says_the_same(tmp_path):
    described(tmp_path)
    code, said = aero(tmp_path, "check", NAME)
    assert (code, "is complete" in said) == (0, True)
    code, said = aero(tmp_path, "check", NAME, "--json")
    assert (code, json.loads(said)) == (0, {"feed": NAME, "missing": []})


def test_an_unknown_feed_is_told_how_to_start(tmp_path):
    code, said = aero(tmp_path, "check", NAME)
    assert (code, "aero feed new" in said) == (1, True)


def test_a_heading_that_is_a_word_of_sql_is_still_read_whatever_the_word(tmp_path):
    words = [
        word for (word,) in duckdb.execute("select distinct keyword_name from duckdb_keywords() order by 1").fetchall()
    ]
    sample = f"DAY_OF_SLOT,{','.join(words)}\n2026-10-25,{','.join(f'v{number}x' for number, _ in enumerate(words))}\n"
    [row] = judged(load_feed(written(tmp_path, sample, None).register(NAME)), sample, date(2026, 10, 25))
    assert [value for value in row.values() if re.fullmatch("v[0-9]+x", f"{value}")] == [
        f"v{number}x" for number, _ in enumerate(words)
    ]
