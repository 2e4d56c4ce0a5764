"""Documents: their links lead somewhere, their lines fit a terminal, the version they name is the package's."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DOCUMENTS = sorted(PROJECT.glob("*.md")) + sorted((PROJECT / "docs").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|sql|toml|csv))`")
WIDTH = 120
FILES = subprocess.check_output(("git", "ls-files"), cwd=PROJECT, text=True).split()
SPEAKING = (".md", ".py", ".sql", ".toml", ".yaml", ".yml")
#: The history names things as they were called on its day.
RECORDS = ("CHANGELOG.md", "bench/RESULTS.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_line_fits_a_terminal(document):
    lines = document.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > WIDTH] == []


def test_the_version_is_that_of_the_newest_numbered_section_of_the_changelog():
    with (PROJECT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    numbers = re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", _text("CHANGELOG.md"), re.MULTILINE)
    assert numbers[0] == version
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number.split(".")], reverse=True)


def test_every_path_that_contributing_and_architecture_name_exists():
    known = [f"/{path}" for name in FILES for path in (name, *Path(name).parents)]
    for document in ("CONTRIBUTING.md", "docs/architecture.md"):
        for name in re.findall(r"`((?:[a-z_.]+/)+[a-z_.]*)`", _text(document)):
            assert any(path.endswith(f"/{name.rstrip('/')}") for path in known), f"{document} names {name}"


def test_every_file_that_is_named_in_a_document_docstring_or_comment_exists():
    """Otherwise files that moved would still be named by their old places."""
    paths = [f"/{name}" for name in FILES]
    speaking = [name for name in FILES if name.endswith(SPEAKING) and name not in RECORDS]
    named = {(name, path) for name in speaking for path in NAMED.findall(_text(name))}
    assert [pair for pair in sorted(named) if not any(path.endswith(f"/{pair[1]}") for path in paths)] == []


def _text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")
