"""`aero rules`: what the traffic lights would have said of days that are over."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aero_local.commands.common import App, JsonOption, StateOption, print_json, print_table, progress
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from aero_assets.published import Snapshot
    from aero_streaming.backtest import Backtest, Difference

app = App(help="The rules of the traffic lights.", no_args_is_help=True)

BUDGET_PER_HOUR = 6
"""What one operator can take (ISA-18.2, EEMUA 191); twice as many is the most."""
SCORED_SEEDS = (101, 102, 103)
SCORED_DAY = date(2026, 11, 24)
COLUMNS = (
    "leg_uid", "carrier", "flight_number", "origin", "destination", "operating_date", "std_at", "sta_at", "tail",
    "out_at", "off_at", "on_at", "in_at", "is_cancelled", "is_diverted", "std_utc_offset_minutes", "data_label",
)  # fmt: skip


@app.command(epilog="Example: aero rules backtest --from 2015-01-01 --to 2015-01-02 --rules other.toml")
def backtest(
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First operating day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last operating day.")],
    other: Annotated[
        Path | None, typer.Option("--rules", exists=True, dir_okay=False, help="A rule file to compare with ours.")
    ] = None,
    routes: Annotated[
        int | None, typer.Option("--routes", min=1, help="Only so many routes, the busiest first.")
    ] = None,
    name: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the rules over published legs: alerts per hour, and what another rule file would have raised instead."""
    from aero_local.commands.query import pin  # noqa: PLC0415
    from aero_streaming import backtest as backtests  # noqa: PLC0415
    from aero_streaming.flink_sql import hubs  # noqa: PLC0415
    from aero_streaming.leg_records import records_of_legs  # noqa: PLC0415
    from aero_streaming.rules import RuleError, rules  # noqa: PLC0415

    if end < begin:
        raise typer.BadParameter(f"--to {end.date()} is before --from {begin.date()}")
    log = progress()
    legs = _legs(pin(name), f"{begin.date()}", f"{end.date()}", routes)
    if not legs:
        raise AeroError(
            f"No leg is published from {begin.date()} to {end.date()}.", "`aero query` shows what there is."
        )
    log(f"{len(legs):,} legs; telling them again")
    records = list(records_of_legs(legs, hubs()))
    log(f"{len(records):,} records; judging")
    try:
        if other is None:
            found = {"rules": _summary(backtests.backtest(records, rules()))}
        else:
            found = _difference(backtests.compare(records, rules(), rules(other.resolve())))
    except RuleError as error:
        raise AeroError(f"{other}: {error}") from error
    if as_json:
        print_json(found)
        return
    for title, summary in found.items():
        if "per_rule" in summary:
            print(f"\n{title}: version {summary['version']}, {summary['alerts']} alerts in {summary['hours']} hours")
            print(
                f"{summary['mean_per_hour']:.1f} an hour (budget {BUDGET_PER_HOUR}), most {summary['most_in_an_hour']}"
            )
            print_table(("rule", "alerts"), [(rule, str(count)) for rule, count in summary["per_rule"].items()])
        else:
            print(f"\n{title}: " + ", ".join(f"{key} {value}" for key, value in summary.items() if key != "examples"))
            for example in summary["examples"]:
                print(f"  {example}")


def _legs(snapshot: Snapshot, begin: str, end: str, routes: int | None) -> list[dict[str, Any]]:
    from aero_local.commands.query import ask  # noqa: PLC0415

    days = f"operating_date between '{begin}' and '{end}'"
    busiest = f"select route from operations.fct_leg where {days} group by 1 order by count(*) desc, 1 limit {routes}"
    chosen = f"{days} and route in ({busiest})" if routes else days
    _, rows = ask(snapshot, f"select {', '.join(COLUMNS)} from operations.fct_leg where {chosen}")
    return [{key: _plain(value) for key, value in zip(COLUMNS, row, strict=True)} for row in rows]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of DuckDB
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return value if value is None or isinstance(value, str | int | bool) else f"{value}"


def _summary(one: Backtest) -> dict[str, Any]:
    return {
        "version": one.rules_version,
        "alerts": len(one.alerts),
        "hours": one.hours,
        "mean_per_hour": round(one.mean_per_hour, 2),
        "most_in_an_hour": max(one.per_hour.values(), default=0),
        "notifications": one.notifications,
        "per_hour": dict(one.per_hour),
        "per_rule": dict(one.per_rule),
        "shadow_per_rule": dict(one.shadow_per_rule),
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "ours": _summary(one.old),
        "theirs": _summary(one.new),
        "difference": {
            "both": one.both,
            "only_ours": len(one.only_old),
            "only_theirs": len(one.only_new),
            "examples": [f"only ours: {key[0]}" for key in one.only_old[:5]]
            + [f"only theirs: {key[0]}" for key in one.only_new[:5]],
        },
    }


@app.command(epilog="Example: aero rules score --seeds 101 --seeds 102 --json")
def score(
    seeds: Annotated[list[int] | None, typer.Option("--seeds", help="Seeds to report on; tuning used 1 to 5.")] = None,
    on: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Operating day.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the rules by faults put into synthetic days: precision, recall, time to detect, load (datos sintéticos)."""
    from aero_local.airline.scenarios import SCENARIOS  # noqa: PLC0415
    from aero_local.live import score as scores  # noqa: PLC0415
    from aero_streaming.rules import rules  # noqa: PLC0415

    log = progress()
    day = on.date() if on else SCORED_DAY
    found: dict[str, Any] = {}
    everything = []
    for scenario in SCENARIOS:
        log(f"{scenario}: seeds {', '.join(map(str, seeds or SCORED_SEEDS))}")
        runs = [scores.score(scenario, seed, day, rules()) for seed in seeds or SCORED_SEEDS]
        found[scenario] = scores.summary(runs)
        everything += runs
    found["all"] = scores.summary(everything)
    if as_json:
        print_json(found)
        return
    names = list(found["all"])
    print_table(("scenario", *names), [(name, *(str(one[key]) for key in names)) for name, one in found.items()])
