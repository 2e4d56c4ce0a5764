"""Commands that play events on the live platform, and drills that break something and print a verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import App, SeedOption, StateOption, find_state, print_json, progress
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aero_local.state import State
    from aero_streaming.events import Event

drills = App(help="Break something on the local platform and print a verdict as JSON.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="A file of flights (CSV of partner/bts_ontime, gzipped or not).",
                                              exists=True, dir_okay=False)]  # fmt: skip
DateOption = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Operating day; default: the last day of the file, else today."),
]
RoutesOption = Annotated[int | None, typer.Option("--routes", min=1, help="Number of routes to play; default: all.")]


def replay(
    file: FileArgument,
    speed: Annotated[float, typer.Option("--speed", min=1, help="Platform seconds in a second.")] = 600,
    on: DateOption = None,
    routes: RoutesOption = None,
    seed: SeedOption = 1,
    name: StateOption = None,
) -> None:
    """Play the real flights of a day on the live platform and print alerts; runs until Ctrl-C."""
    from aero_cli.demo import session  # noqa: PLC0415
    from aero_local.live import source  # noqa: PLC0415

    need_java()
    events, legs = source.day_of_file(file, _day(on), routes, seed)
    print(f"{legs:,} legs, {len(events):,} events")
    log = progress()

    def choose(heard: datetime | None) -> Sequence[Event]:
        if heard and source.dawn(events) < heard:
            log(f"the board has seen everything up to {heard:%Y-%m-%d %H:%M} UTC, and does not go back to this day;")
            log("  a platform of its own shows it: copy the file to another name, or `aero destroy` this one")
        return events

    session.run(find_state(file, name), choose, speed, log)


class Scenario(StrEnum):
    """The scenario of a synthetic day."""

    normal = "normal"
    storm = "storm"
    fog = "fog"
    strike = "strike"


def simulate(
    speed: Annotated[float, typer.Option("--speed", min=1, help="Platform seconds in a second.")] = 60,
    scenario: Annotated[Scenario, typer.Option("--scenario", help="Disruption of the day.")] = Scenario.normal,
    seed: SeedOption = 1,
    on: DateOption = None,
    name: StateOption = None,
) -> None:
    """Play a day of the synthetic airline (datos sintéticos) on the live platform; runs until Ctrl-C."""
    from aero_airline.airline import Airline  # noqa: PLC0415
    from aero_airline.events import day_events  # noqa: PLC0415
    from aero_airline.scenarios import ScenarioWeather, expected  # noqa: PLC0415
    from aero_cli.demo import session  # noqa: PLC0415

    need_java()
    log = progress()

    def events_of(day: date) -> Sequence[Event]:
        return day_events(Airline(seed, weather=ScenarioWeather(seed, scenario.value, day)), day)

    def choose(heard: datetime | None) -> Sequence[Event]:
        events = session.day_after(heard, events_of, on.date() if on else datetime.now(UTC).date(), log)
        day = date.fromisoformat(events[0]["operating_date"])
        print(f"{scenario.value}, {day}, seed {seed}: {len(events):,} events (datos sintéticos)")
        for problem in expected(scenario.value, day):
            print(f"  expected at {problem.airport}: {', '.join(problem.kpis)}")
        return events

    session.run(find_state(None, name), choose, speed, log)


@drills.command("replay", epilog="Example: aero drill replay flights.csv.gz --date 2015-01-02 --shuffle-minutes 120")
def drill_replay(
    file: FileArgument,
    on: DateOption = None,
    routes: RoutesOption = None,
    repeat: Annotated[float, typer.Option(min=0, max=1, help="Share of events to send twice.")] = 0.0,
    shuffle_minutes: Annotated[int, typer.Option(min=0, help="Shift events at random by up to so many minutes.")] = 0,
    correct: Annotated[float, typer.Option(min=0, max=1, help="Share of OUT and IN to correct later.")] = 0.0,
    twice: Annotated[bool, typer.Option("--twice", help="Send all events twice.")] = False,
    warehouse: Annotated[bool, typer.Option(help="Compare with the published marts too.")] = True,
    mini_batch: Annotated[
        int | None, typer.Option(min=0, metavar="MS", help="Mini-batch interval of the Flink job; default: 200.")
    ] = None,
    seed: SeedOption = 1,
) -> None:
    """Play a day and check that stream, recount and warehouse are equal, at the close and at the end."""
    from aero_drills import replay_drill  # noqa: PLC0415
    from aero_local.live import source  # noqa: PLC0415

    need_java()
    events, legs = source.day_of_file(file, _day(on), routes, seed)
    faults = source.Faults(repeated=repeat, shuffled_minutes=shuffle_minutes, corrected=correct)
    sent = source.with_faults(events, faults, seed) if faults != source.Faults() else events
    plan = replay_drill.Plan(sent, events[0]["operating_date"], legs, twice, mini_batch)
    verdict = replay_drill.run(_drill_state("replay"), plan, progress(), with_warehouse=warehouse)
    print_json(verdict)
    if replay_drill.differing(verdict) or verdict["lost"] or verdict["duplicated"]:
        raise typer.Exit(1)


@drills.command("stream", epilog="Example: aero drill stream")
def drill_stream(seed: SeedOption = 1) -> None:
    """Kill Flink in the middle of a day and check that no event is lost or doubled."""
    _broken("stream", "flink_dies", seed)


@drills.command("restart", epilog="Example: aero drill restart")
def drill_restart(seed: SeedOption = 1) -> None:
    """Restart all services in the middle of a day and check that no event is lost or doubled."""
    _broken("restart", "everything_restarts", seed)


@drills.command("poison", epilog="Example: aero drill poison --bad 1000")
def drill_poison(
    bad: Annotated[int, typer.Option("--bad", min=15, help="Number of bad records.")] = 1000,
    days: Annotated[int, typer.Option("--days", min=1, help="Days of events to mix them into.")] = 1,
    seed: SeedOption = 1,
) -> None:
    """Mix fifteen kinds of bad records into the events and check that only these go to quarantine."""
    from aero_drills import fault_drills  # noqa: PLC0415

    need_java()
    _print(fault_drills.poison(_drill_state("poison"), _synthetic(seed, days), bad, seed, progress()))


@drills.command("broker", epilog="Example: aero drill broker --count 200000")
def drill_broker(
    count: Annotated[int, typer.Option("--count", min=1000, help="Number of records to send.")] = 200_000,
) -> None:
    """Kill one of three brokers under load and check that every acknowledged record is stored once."""
    from aero_drills import fault_drills  # noqa: PLC0415

    need_java()
    _print(fault_drills.broker(_drill_state("broker"), count, progress()))


@drills.command("doors", epilog="Example: aero drill doors --legs 200")
def drill_doors(
    legs: Annotated[int, typer.Option(min=4, help="Number of legs to send.")] = 120,
    on: DateOption = None,
    seed: SeedOption = 1,
) -> None:
    """Send the same legs by database, messages and events; check that one leg results, in stream and warehouse."""
    from aero_airline.airline import Airline  # noqa: PLC0415
    from aero_drills import doors_drill  # noqa: PLC0415

    need_java()
    need_spark()
    day = _day(on) or date(2026, 11, 15)
    verdict = doors_drill.run(_drill_state("doors"), Airline(seed), day, legs, progress())
    print_json(verdict)
    if doors_drill.failed(verdict):
        raise typer.Exit(1)


@drills.command("lag", epilog="Example: aero drill lag --minutes 10 --aircraft 40")
def drill_lag(
    minutes: Annotated[int, typer.Option(min=0, max=60, help="Delay of the feed in minutes.")] = 10,
    scenario: Annotated[Scenario, typer.Option(help="Disruption of the day.")] = Scenario.storm,
    aircraft: Annotated[int | None, typer.Option(min=1, help="Number of aircraft; default: all.")] = None,
    on: DateOption = None,
    seed: SeedOption = 1,
) -> None:
    """Delay a feed all day; check that all true critical alerts are raised and no false one. Needs no platform."""
    from aero_drills import lag_drill  # noqa: PLC0415
    from aero_drills.scoring.cases import DAY, Case  # noqa: PLC0415

    verdict = lag_drill.run(Case(scenario.value, seed, _day(on) or DAY, minutes), aircraft, progress())
    print_json(verdict)
    if lag_drill.failed(verdict):
        raise typer.Exit(1)


def _broken(drill: str, middle: str, seed: int) -> None:
    from aero_drills import fault_drills  # noqa: PLC0415

    need_java()
    happens = getattr(fault_drills, middle)
    _print(fault_drills.run(_drill_state(drill), drill, _synthetic(seed), happens, progress()))


def _synthetic(seed: int, days: int = 1) -> list[dict[str, Any]]:
    """Return days of the synthetic airline without its senders' faults, because the drill adds its own."""
    from aero_airline.airline import Airline  # noqa: PLC0415
    from aero_airline.events import day_events  # noqa: PLC0415

    airline, first = Airline(seed), date(2026, 11, 24)
    return [event for n in range(days) for event in day_events(airline, first + timedelta(days=n), faults=False)]


def _print(verdict: dict[str, Any]) -> None:
    print_json(verdict)
    if verdict["lost"] or verdict["duplicated"] or verdict["differing"] or verdict.get("not_quarantined"):
        raise typer.Exit(1)


def need_java() -> None:
    """Raise `AeroError` with the parts to install if the live part cannot run."""
    from aero_local import jars  # noqa: PLC0415

    if lack := jars.missing_tools():
        raise AeroError(lack)
    if not jars.stream_is_installed():
        raise AeroError("The live part is not installed, or its sources changed.", "Run `make setup-stream`.")


def need_spark() -> None:
    """Raise `AeroError` with the parts to install if there is no operational database."""
    from aero_local import jars  # noqa: PLC0415

    if not jars.extract_is_installed():
        raise AeroError(
            "The operational database is not installed, or its sources changed.", "Run `make setup-extract`."
        )


def _drill_state(drill: str) -> State:
    from aero_local.state import State  # noqa: PLC0415

    return State.for_drill(drill)


def _day(on: datetime | None) -> date | None:
    return on.date() if on else None
