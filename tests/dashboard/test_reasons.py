"""Every reason that the door, a feed or the vocabulary of events can give is told to people in their language."""

import ast
from pathlib import Path

import pytest

from aero_assets.defs.typed.contradictions import REASONS as CONTRADICTIONS
from aero_assets.defs.typed.event_rows import RULES as EVENT_RULES
from aero_assets.defs.typed.readers import REASONS as READER_REASONS
from aero_assets.defs.typed.rows import FORM_RULES
from aero_assets.feeds import feeds
from aero_dashboard.i18n import LOCALES, catalogue
from aero_ingest import leg_choice, reasons
from aero_streaming.events import checks as event_checks
from aero_streaming.events import limits as event_limits


def door_reasons() -> set[str]:
    """The first argument of every verdict in the module: its code."""
    tree = ast.parse(Path(reasons.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "RejectedFile"]
    return {code.value for code in named if isinstance(code, ast.Constant) and isinstance(code.value, str)}


def event_reasons() -> set[str]:
    """The first argument of every EventError that a reader of events can meet."""
    tree = ast.parse(Path(event_checks.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "EventError"]
    formal = {code.value for code in named if isinstance(code, ast.Constant) and isinstance(code.value, str)}
    return formal | set(event_limits.CODES)


def row_reasons() -> set[str]:
    """The rules of every feed, and those that come by themselves."""
    own = {"date_out_of_range", "bad_value", "missing_value"}
    own |= {code for code, _, _ in (*FORM_RULES, *EVENT_RULES)} | set(READER_REASONS) | set(CONTRADICTIONS.values())
    return own | {rule.code for feed in feeds() for rule in feed.rules}


@pytest.mark.parametrize("language", LOCALES)
def test_no_reason_is_shown_as_a_code(language):
    texts = catalogue(language)
    gateway = {leg_choice.NO_SCHEDULE, leg_choice.AMBIGUOUS, leg_choice.NO_DATE}
    given = door_reasons() | event_reasons() | row_reasons() | gateway
    missing = {code for code in given if f"reason.{code}" not in texts}
    assert not missing, f"add to [reason] in {language}.toml: {sorted(missing)}"


def test_the_reasons_of_the_door_and_of_events_are_found():
    assert {"header_mismatch", "html_page", "gzip_truncated"} <= door_reasons()
    assert {"unreadable_json", "unknown_schema_version", "leg_uid_mismatch"} <= event_reasons()
