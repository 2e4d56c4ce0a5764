"""`aero drop`: puts files into the inbox, as a partner does."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from aero_cli.commands.common import (
    JsonOption,
    StateOption,
    acting,
    print_json,
    progress,
    registered,
    s3_of,
)

PATIENCE_SECONDS = 120
"""Seconds without any answer of the door before the command gives up."""


def drop(
    feed: Annotated[str, typer.Argument(metavar="SYSTEM/FEED", help="Name of the feed in the register.")],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True, help="Files to put.")
    ],
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put files into the inbox of a feed and print the door's answer to each; exit code 1 if one is refused."""
    from aero_local.errors import AeroError  # noqa: PLC0415

    if registered(feed).arrival != "file":
        raise typer.BadParameter(f"{feed} does not arrive as files; `partner/…` feeds do")
    names = [file.name for file in files]
    if twice := sorted({file for file in names if names.count(file) > 1}):
        raise typer.BadParameter(f"two files are called {', '.join(twice)}; in the inbox one would replace the other")
    from aero_assets.environment import Environment  # noqa: PLC0415
    from aero_assets.storage import Bucket  # noqa: PLC0415
    from aero_cli.inbox import Inbox  # noqa: PLC0415

    log, answers = progress(), []
    with acting("orchestrator", name):
        environment = Environment.current()
        inbox = Inbox(Bucket(environment.lake_bucket), s3_of("partner", name), environment.inbox_bucket)
        for file in files:
            inbox.put(file, f"{feed}/{file.name}")
            log(f"{feed}/{file.name}: in the inbox")
        heard_at = time.monotonic()
        while inbox.waiting:
            if come := inbox.answers():
                answers += come
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > PATIENCE_SECONDS:
                raise AeroError(
                    f"The door has not answered for {PATIENCE_SECONDS} s; {inbox.waiting} files wait.",
                    "They are in the inbox; `aero status` and `aero logs ministack` say why.",
                )
            else:
                time.sleep(1)
    if as_json:
        print_json([asdict(answer) for answer in answers])
    else:
        for answer in answers:
            print(f"{answer.file.name}: {answer.status}, {answer.rows:,} records{_why(answer.reason, answer.message)}")
    raise typer.Exit(1 if any(answer.reason for answer in answers) else 0)


def _why(reason: str, message: str) -> str:
    return f" · {reason}: {message}" if reason else ""
