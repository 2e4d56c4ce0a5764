"""`aero verify` and `aero repair`: every object compared with what it should be, and brought back where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from aero_cli.commands.common import JsonOption, StateOption, acting, print_json, progress, registered, terminal_state

if TYPE_CHECKING:
    from aero_assets.integrity.damage import Damage
    from aero_local.errors import Log
    from aero_local.state import State


class Zone(StrEnum):
    """The zones that can be verified, in the order of the flow."""

    raw = "raw"
    typed = "typed"
    published = "published"
    copy = "copy"
    state = "state"


ZoneOption = Annotated[
    list[Zone] | None,
    typer.Option("--zone", help="Only this zone; can be repeated. `typed` includes ledger and quarantine."),
]
FeedOption = Annotated[
    str | None,
    typer.Option("--feed", metavar="SYSTEM/FEED", help="Only objects of this feed."),
]


def verify(
    zone: ZoneOption = None, feed: FeedOption = None, name: StateOption = None, as_json: JsonOption = False
) -> None:
    """Check the content of every object in the buckets and on this machine; exit code 1 if one is damaged."""

    def go(look: Callable[[str], Iterable[Damage]], zones: list[str], log: Log) -> bool:
        damages = [damage for zone in zones for damage in look(zone)]
        if as_json:
            print_json([damage.to_json() for damage in damages])
        for damage in () if as_json else damages:
            print(f"{damage.key}\n  {damage.kind}: {damage.problem}\n  comes back by: {damage.way_back}")
        if not as_json:
            print(
                f"damaged objects: {len(damages)}; `aero repair` brings back what can be" if damages else "all is whole"
            )
        return not damages

    _run(go, zone, feed, name)


def repair(
    zone: ZoneOption = None, feed: FeedOption = None, name: StateOption = None, as_json: JsonOption = False
) -> None:
    """Restore every damaged object; exit code 1 if one cannot be restored, with the next step to take."""

    def go(look: Callable[[str], Iterable[Damage]], zones: list[str], log: Log) -> bool:
        from aero_assets.integrity.run import repair as bring_back  # noqa: PLC0415

        done = bring_back(look, zones, log)
        if as_json:
            print_json(done.to_json())
            return not done.left
        for damage, remedy in done.done:
            print(f"{damage.key}\n  {damage.kind}: {damage.problem}\n  repaired: {remedy}")
        for damage, why in done.left:
            print(f"{damage.key}\n  {damage.kind}: {damage.problem}\n  LEFT: {why}")
        print(f"{len(done.done)} objects repaired, {len(done.left)} left")
        return not done.left

    _run(go, zone, feed, name)


def _run(go: Callable[..., bool], zones: list[Zone] | None, feed: str | None, name: str | None) -> None:
    """Run a command on the places to check, under the role that may see versions; exit code 1 if it fails."""
    from aero_assets.environment import Environment  # noqa: PLC0415

    only = registered(feed) if feed else None
    from aero_assets.integrity import run  # noqa: PLC0415 - imports Dagster, which takes seconds

    local = Environment.current().is_local
    chosen = [zone.value for zone in zones or Zone if local or zone is not Zone.state]
    state, log = terminal_state(name), progress()
    only_state = chosen == [Zone.state.value]
    # The files of a state directory are looked at while nothing runs, too.
    with state.acting_as("repair") if only_state else acting("repair", name):
        places = run.Places.current()

        def look(zone: str) -> Iterable[Damage]:
            if zone == Zone.state:
                return _state(state, log)
            return run.verify(places, log, zones=[zone], feed=only)

        is_whole = go(look, chosen, log)
    if not is_whole:
        raise typer.Exit(1)


def _state(state: State, log: Log) -> Iterable[Damage]:
    from aero_local.state_files import damages  # noqa: PLC0415

    return damages(state, log)
