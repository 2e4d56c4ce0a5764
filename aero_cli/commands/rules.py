"""`aero rules`: alerts that the rules would have raised on past days, and how many of them were right."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_cli.commands.common import App, JsonOption, StateOption, print_json, print_table, progress
from aero_cli.commands.live import FileArgument, Scenario
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from aero_streaming.backtesting.backtest import Backtest, Difference
    from aero_streaming.rules.model import RuleSet

app = App(help="Evaluate the alert rules (semáforo) on past or made-up days.", no_args_is_help=True)


@app.command(epilog="Example: aero rules backtest --from 2015-01-01 --to 2015-01-02 --rules other.toml")
def backtest(
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First operating day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last operating day.")],
    other: Annotated[
        Path | None, typer.Option("--rules", exists=True, dir_okay=False, help="Another rule file to compare with.")
    ] = None,
    routes: Annotated[
        int | None, typer.Option("--routes", min=1, help="Number of routes, the busiest first; default: all.")
    ] = None,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the rules over published days; show alerts per hour, and the differences to another rule file."""
    from aero_cli.commands.query import pin  # noqa: PLC0415
    from aero_drills.scoring import history  # noqa: PLC0415
    from aero_streaming.backtesting import backtest as backtests  # noqa: PLC0415
    from aero_streaming.backtesting.leg_records import records_of_legs  # noqa: PLC0415
    from aero_streaming.rules import rules  # noqa: PLC0415
    from aero_streaming.rules.stations import hubs_and_stations  # noqa: PLC0415

    if end < begin:
        raise typer.BadParameter(f"--to {end.date()} is before --from {begin.date()}")
    compared = _rule_file(other) if other else None
    log = progress()
    legs = history.legs(pin(name), f"{begin.date()}", f"{end.date()}", routes)
    if not legs:
        raise AeroError(
            f"No leg is published from {begin.date()} to {end.date()}.", "`aero query` shows what there is."
        )
    log(f"{len(legs):,} legs; telling them again")
    records = list(records_of_legs(legs, hubs_and_stations()))
    log(f"{len(records):,} records; judging")
    if compared is None:
        run = backtests.backtest(records, rules(), log=log)
        result = {"rules": _summary(run) | {"judged": history.judged(run, legs, rules())}}
    else:
        result = _difference(backtests.compare(records, rules(), compared, log=log))
    if as_json:
        print_json(result)
        return
    for title, summary in result.items():
        if "per_rule" in summary:
            print(f"\n{title}: version {summary['version']}, {summary['alerts']} alerts in {summary['hours']} hours")
            budget = rules().alerts_per_hour
            print(f"{summary['mean_per_hour']:.1f} an hour (budget {budget}), most {summary['most_in_an_hour']}")
            _print_rules(summary)
        else:
            print(f"\n{title}: " + ", ".join(f"{key} {value}" for key, value in summary.items() if key != "examples"))
            for example in summary["examples"]:
                print(f"  {example}")


def _rule_file(path: Path) -> RuleSet:
    """Return the rules of a file; an invalid file is refused before any leg is read."""
    from aero_streaming.rules import RuleError, rules  # noqa: PLC0415

    try:
        return rules(path.resolve())
    except RuleError as error:
        raise AeroError(f"{path}: {error}") from error


def _print_rules(summary: dict[str, Any]) -> None:
    judged = summary.get("judged", {})
    rows = []
    for rule, count in summary["per_rule"].items():
        scores = judged.get(rule, {})
        share = "" if scores.get("precision") is None else f"{scores['right']} of {scores['judged']}"
        recall = "" if scores.get("recall") is None else f"{scores['raised']} of {scores['due']}"
        rows.append((rule, f"{count}", share, recall))
    print_table(("rule", "alerts", "right", "found"), rows)


def _summary(run: Backtest) -> dict[str, Any]:
    return {
        "version": run.rules_version,
        "alerts": len(run.alerts),
        "hours": run.hours,
        "mean_per_hour": round(run.mean_per_hour, 2),
        "most_in_an_hour": max(run.per_hour.values(), default=0),
        "notifications": run.notifications,
        "per_hour": dict(run.per_hour),
        "per_rule": dict(run.per_rule),
        "shadow_per_rule": dict(run.shadow_per_rule),
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "ours": _summary(difference.old),
        "theirs": _summary(difference.new),
        "difference": {
            "both": difference.both,
            "only_ours": len(difference.only_old),
            "only_theirs": len(difference.only_new),
            "examples": [f"only ours: {key[0]}" for key in difference.only_old[:5]]
            + [f"only theirs: {key[0]}" for key in difference.only_new[:5]],
        },
    }


@app.command(epilog="Example: aero rules score --scenario storm --seed 201 --json")
def score(
    seeds: Annotated[
        list[int] | None, typer.Option("--seed", "--seeds", help="Seeds; default: those not used to tune the limits.")
    ] = None,
    scenarios: Annotated[list[Scenario] | None, typer.Option("--scenario", help="Scenarios; default: all.")] = None,
    on: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Operating day.")] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Number of processes; default: one per core.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the alerts of every rule with the true events of synthetic days: right, missed, alerts per hour.

    The days are made up (datos sintéticos), so their true events are known.
    """
    from aero_drills.scoring import page  # noqa: PLC0415
    from aero_drills.scoring.cases import DAY, SCORED_SEEDS, cases  # noqa: PLC0415
    from aero_drills.scoring.figures import summary  # noqa: PLC0415
    from aero_drills.scoring.score import score_all  # noqa: PLC0415

    days = cases(
        seeds or SCORED_SEEDS, [scenario.value for scenario in scenarios or Scenario], on.date() if on else DAY
    )
    figures = summary(score_all(days, processes or len(os.sched_getaffinity(0)), progress()))
    if as_json:
        print_json(figures)
        return
    for line in page.lines(figures):
        print(line)


@app.command(epilog="Example: aero rules carriers flights.csv.gz --carrier AS --carrier DL")
def carriers(
    file: FileArgument,
    only: Annotated[
        list[str] | None, typer.Option("--carrier", help="Carriers; default: all carriers of the file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Play real days carrier by carrier; show alerts per hour and the share of right statements."""
    from aero_drills.scoring import real_days  # noqa: PLC0415

    carrier_days = list(real_days.days(file, set(only) if only else None, progress()))
    if not carrier_days:
        raise AeroError(f"{file} has no flight of {', '.join(only or ())}.", "Leave --carrier out for all of them.")
    rows = [
        (day.carrier, f"{day.on}", day.legs, day.alerts, round(day.alerts / day.hours, 1), day.most_in_an_hour,
         day.right, day.judged)
        for day in carrier_days
    ]  # fmt: skip
    names = ("carrier", "day", "legs", "alerts", "an hour", "most", "right", "judged")
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table(names, [tuple(f"{value}" for value in row) for row in rows])
