"""Plain words: sentences state things, and variables say what they hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aero_assets.feeds import feeds

PROJECT = Path(__file__).parents[2]
ROOMS = ("aero_airline", "aero_assets", "aero_cli", "aero_dashboard", "aero_drills", "aero_local", "bench", "infra",
         "proof", "tools", "infra/extract/src", "infra/ingest/src", "infra/streaming/src", "tests")  # fmt: skip
#: Their own paths below `infra`.
DEPLOYED = ("infra/extract/src", "infra/ingest/src", "infra/streaming/src")
#: Names that say nothing of what a variable holds.
VAGUE = {"each", "found", "here", "one", "said", "there", "these", "thing", "things", "those", "told", "wanted", "what",
         "which"}  # fmt: skip
#: Those that tests still have.
STILL_IN_TESTS = {"found", "here", "said", "there", "told"}
#: A first word that names a question instead of its answer.
QUESTION = re.compile(r"(What|Where|How|Whether|Who|Which|When|Whose|Why)\b")
COMMENT = re.compile(rf"^\s*#:? {QUESTION.pattern}")
#: A message that begins so leaves out what it speaks of.
NO_SUBJECT = re.compile(r"'(row ' \|\| _line_number \|\| ': )?(not|no|neither|more|beyond|it) ")
FILES = subprocess.check_output(("git", "ls-files", "*.py"), cwd=PROJECT, text=True).split()
DBT = subprocess.check_output(("git", "ls-files", "dbt_project/*.yml"), cwd=PROJECT, text=True).split()
DOCS = subprocess.check_output(("git", "ls-files", "dbt_project/docs/*.md"), cwd=PROJECT, text=True).split()


def modules(room: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of the modules of a room."""
    others = tuple(f"{folder}/" for folder in DEPLOYED if not room.startswith(folder))
    for path in FILES:
        if path.startswith(f"{room}/") and not path.startswith(others):
            yield path, (PROJECT / path).read_text(encoding="utf-8")


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every docstring, of private names too."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node)
            if text:
                yield node.body[0].lineno, text


def bound_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that is assigned, looped over, or taken as an argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.name


@pytest.mark.parametrize("room", ROOMS)
def test_no_docstring_names_a_question_instead_of_its_answer(room):
    assert [
        f"{path}:{line}: {text.splitlines()[0]}"
        for path, source in modules(room)
        for line, text in docstrings(ast.parse(source))
        if QUESTION.match(text)
    ] == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_comment_names_a_question_instead_of_its_answer(room):
    assert [
        f"{path}:{number}: {line.strip()}"
        for path, source in modules(room)
        for number, line in enumerate(source.splitlines(), 1)
        if COMMENT.match(line)
    ] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_variable_says_what_it_holds(room):
    vague = VAGUE - STILL_IN_TESTS if room == "tests" else VAGUE
    assert [
        f"{path}:{line}: {name}"
        for path, source in modules(room)
        for line, name in bound_names(ast.parse(source))
        if name in vague
    ] == []


def test_no_description_names_a_question_instead_of_its_answer():
    named = [*re.findall(r"""description: *["'>]*\s*(.*)""", "\n".join(map(_text, DBT)))]
    named += re.findall(r"{% docs \w+ %}\n(.*)", "\n".join(map(_text, DOCS)))
    named += [column.description for feed in feeds() for column in feed.columns]
    named += [feed.about for feed in feeds()]
    assert [text for text in named if QUESTION.match(text)] == []


def test_the_message_of_a_rule_has_a_subject():
    assert [rule.message for feed in feeds() for rule in feed.rules if NO_SUBJECT.match(rule.message)] == []


def _text(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def test_the_rules_see_what_they_forbid():
    tree = ast.parse('def f(told):\n    """What it does."""\n    return [one for one in told]\n')
    assert [name for _, name in bound_names(tree) if name in VAGUE] == ["told", "one"]
    assert [text for _, text in docstrings(tree) if QUESTION.match(text)] == ["What it does."]
    assert COMMENT.match("    #: What a run needs.")
    assert not COMMENT.match("# Whatever a sender writes is kept.")
