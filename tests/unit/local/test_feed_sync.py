"""The dbt files of a feed are written from the register, and nothing else is touched."""

from dataclasses import replace

import pytest
import yaml

from aero_assets.environment import PROJECT
from aero_assets.feeds import FeedError, feeds, find
from aero_cli.feeds.feed_sync import differences, files, sync
from tests.unit.local.slots_feed import aero, described, pieces


def test_dbt_files_are_what_the_register_gives():
    assert differences() == [], "run `aero feed sync` and commit what it writes"


def test_every_version_of_a_database_leg_has_the_columns_of_its_last_one():
    """The view is written by hand, because a feed has one staging model; its columns must not drift from there."""
    models = PROJECT / "dbt_project" / "models"
    staged = (models / "staging" / "opsdb" / "stg_opsdb__legs.sql").read_text(encoding="utf-8")
    versions = (models / "intermediate" / "facts" / "int_database_leg_version.sql").read_text(encoding="utf-8")
    columns = [[line for line in text.splitlines() if " cast(" in line] for text in (staged, versions)]
    assert columns[0] == columns[1] != []


def test_sync_writes_what_differs_deletes_what_has_no_feed_and_leaves_other_files_alone(tmp_path):
    layout = described(tmp_path)
    parts = pieces(layout)
    by_hand = parts["model"].with_name("stg_partner__by_hand.sql")
    by_hand.write_text("select 1 as one")
    assert sync(layout) == []
    parts["register"].write_text(parts["register"].read_text().replace('name = "seats"', 'name = "chairs"'))
    assert len(differences(layout)) == 2
    assert sync(layout) == [parts["model"], parts["yml"]]
    assert "cast(chairs as integer) as chairs" in parts["model"].read_text()
    parts["register"].unlink()
    assert len(differences(layout)) == 2
    sync(layout)
    assert (parts["model"].exists(), parts["yml"].exists(), by_hand.exists()) == (False, False, True)


def test_the_written_yml_says_the_same_as_the_register():
    """Of every registered feed, whatever its texts hold: quotes, colons, words that YAML knows."""
    for feed in feeds():
        [text] = [text for path, text in files(feed).items() if path.suffix == ".yml"]
        written = yaml.safe_load(text)
        [table], [model] = written["sources"][0]["tables"], written["models"]
        for part in (table, model):
            assert [(column["name"], column["description"]) for column in part["columns"]] == [
                (column.name, column.description) for column in feed.columns
            ]


def test_the_command_says_what_differs_and_exits_with_1_until_it_is_written(tmp_path):
    pieces(described(tmp_path))["model"].unlink()
    code, said = aero(tmp_path, "sync", "--check")
    assert (code, "stg_partner__airport_slots.sql: the file is missing" in said) == (1, True)
    assert (aero(tmp_path, "sync")[0], aero(tmp_path, "sync", "--check")[0]) == (0, 0)


def test_a_system_that_dbt_has_no_sentence_about_is_named():
    with pytest.raises(FeedError, match="add it to SYSTEMS"):
        files(replace(find("partner/ssim"), system="crew"))
