"""The same records read by readers of others: a difference has a reason. All: `make proof ONLY=differential`."""

from bench.runner import PROJECT
from proof import other_readers
from proof.differential import compare


def test_what_other_readers_say_otherwise_is_explained():
    for name, (records, (agree, _, unexplained)) in compare(40, 3).items():
        assert records == 40, name
        assert agree > 200, name
        assert unexplained == [], name


def test_every_explanation_is_written_down_for_people():
    page = (PROJECT / "docs" / "formats.md").read_text(encoding="utf-8")
    missing = [(who, field) for who, field, *_ in other_readers.EXPLAINED if f"| {who} | {field} |" not in page]
    assert missing == []
