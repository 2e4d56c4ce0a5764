"""The results of a demo as text: flights, punctuality, routes, causes of delay, refused records."""

from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from aero_cli.demo.results import agrees

CAUSES = {
    "carrier": "the airline itself",
    "late_aircraft": "aircraft late from its last leg",
    "nas": "air traffic and airports",
    "security": "security",
    "weather": "weather",
}
BAR = 28


def show(results: dict[str, Any], console: Console) -> None:
    """Print the story."""
    console.print(Panel(Group(*_headline(results)), title=_title(results), title_align="left", expand=False))
    console.print(_otp(results))
    console.print(_causes(results))
    console.print(_routes(results))
    if results["money"]:
        console.print(_ladder(results["money"]))
        console.print(_unit_money(results["money"]))
        console.print(_earning(results["money"]))
    if len(results["months"]) > 1 or any(month["told_again"] for month in results["months"]):
        console.print(_months(results))
    console.print(_refused(results))
    console.print(_stages(results))
    if results["control"]:
        console.print(_control(results))


def _title(results: dict[str, Any]) -> str:
    label = f" · {', '.join(results['labels'])}" if results["labels"] else ""
    return f"[bold]{escape(Path(results['input']).name)}[/bold]{label}"


def _headline(results: dict[str, Any]) -> list[str]:
    legs, cancelled, diverted = results["legs"], results["cancelled"], results["diverted"]
    silent = legs - results["operated"] - (cancelled or 0)
    unknown = f", of {silent:,} not told whether they left" if silent else ""
    lines = [
        f"{results['first_operating_date']} to {results['last_operating_date']}: [bold]{legs:,}[/bold] legs of "
        f"{_counted(results['carriers'], 'carrier')} on {_counted(results['routes'], 'directed route')}",
        ("cancellations not told" if cancelled is None else f"{cancelled:,} cancelled ({_share(cancelled, legs)})")
        + (", diversions not told" if diverted is None else f", {diverted:,} diverted")
        + unknown,
        f"{results['departed']:,} departures known: {results['dep_on_time_d0']:,} on the minute or before (D0), "
        f"{results['dep_late_15']:,} late by 15 minutes or more",
        f"{results['arrived']:,} arrivals known: {results['arr_late_15']:,} late by 15 minutes or more",
    ]
    if results["load_factor"] is not None:
        lines.append(f"load factor {results['load_factor']:.1%}")
    answers = results["satisfaction"]
    if answers["nps"] is not None:
        lines.append(f"NPS {answers['nps']:+.1f} of {answers['recommendations']:,} answers")
    return lines


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _otp(results: dict[str, Any]) -> Table:
    table = _table("Punctuality by definition", "definition", "legs", "on time", "share")
    for definition, figures in results["otp"].items():
        if figures:
            table.add_row(definition, f"{figures['n']:,}", f"{figures['on_time']:,}", f"{figures['value']:.2%}")
        else:
            table.add_row(definition, "–", "–", "no input")
    return table


def _causes(results: dict[str, Any]) -> Table:
    table = _table("Why: delay minutes by coded cause", "cause", "minutes", "share")
    total = sum(results["delay_minutes"].values())
    for cause, minutes in sorted(results["delay_minutes"].items(), key=lambda item: -item[1]):
        bar = "█" * round(BAR * minutes / total) if total else ""
        table.add_row(f"{CAUSES.get(cause, cause)}", f"{minutes:,}", f"{_share(minutes, total):>6} {bar:<{BAR}}")
    return table


def _routes(results: dict[str, Any]) -> Table:
    table = _table(
        "Routes by arrival punctuality A14", "route", "tracked legs", "A14", "departure delay, minutes in all"
    )
    for name, style in (("best_routes", "green"), ("worst_routes", "red")):
        mark = "▲" if name == "best_routes" else "▼"
        for route in results[name]:
            table.add_row(
                f"[{style}]{mark}[/{style}] {route['route']}",
                f"{route['arr_tracked']:,}",
                f"{route['otp_a14']:.1%}",
                f"{route['departure_delay_minutes']:,}",
            )
    return table


#: Steps of the margin ladder in words, by their name in the results.
STEPS = {
    "revenue_usd": "revenue of passengers who flew and of cargo, without TUA and IVA",
    "cm1_usd": "CM1: less costs that follow the passengers",
    "cm2_usd": "CM2: less costs that follow the flights",
    "cm3_usd": "CM3: less costs of the aircraft",
    "fully_allocated_usd": "fully allocated: less overhead",
}


def _ladder(money: dict[str, Any]) -> Table:
    table = _table("Money: the margin ladder of all routes", "step", "US dollars", "of revenue")
    for name, words in STEPS.items():
        table.add_row(words, f"{money[name]:,.0f}", _share(money[name], money["revenue_usd"]))
    return table


def _unit_money(money: dict[str, Any]) -> str:
    invoiced = f"{money['actual_cost_usd'] / money['cost_usd']:.0%}" if money["cost_usd"] else "–"
    cents = (f"{100 * money[name]:.2f}" if money[name] is not None else "–" for name in ("rask", "cask"))
    return "RASK {}, CASK {} US cents per seat-kilometre; {} of the costs are invoiced, the rest is standard".format(
        *cents, invoiced
    )


def _earning(money: dict[str, Any]) -> Table:
    table = _table(
        "Routes that earn and lose most, fully allocated", "route", "flights", "revenue", "CM2", "all costs in"
    )
    for name, style, mark in (("best_routes", "green", "▲"), ("worst_routes", "red", "▼")):
        for route in money[name]:
            amounts = (f"{route[key]:,.0f}" for key in ("revenue_usd", "cm2_usd", "fully_allocated_usd"))
            table.add_row(f"[{style}]{mark}[/{style}] {route['route']}", f"{route['operated']:,}", *amounts)
    return table


def _months(results: dict[str, Any]) -> Table:
    """Return the table of months; its last column counts the legs that a later file contains again."""
    table = _table("Month by month", "month", "legs", "cancelled", "arrived", "A15 late", "told anew by a later file")
    for month in results["months"]:
        anew = "–" if month["told_again"] is None else f"{month['told_again']:,}"
        late = _share(month["arr_late_15"], month["arrived"])
        cancelled = "–" if month["cancelled"] is None else f"{month['cancelled']:,}"
        table.add_row(month["month"], f"{month['legs']:,}", cancelled, f"{month['arrived']:,}", late, anew)
    return table


def _refused(results: dict[str, Any]) -> Table | str:
    refused = results["quarantine"]
    if not refused:
        return "Nothing is in quarantine."
    table = _table("In quarantine, and why", "records", "reason", "for example")
    table.columns[0].justify, table.columns[1].justify, table.columns[2].justify = "right", "left", "left"
    for row in refused:
        table.add_row(f"{row['records']:,}", row["reason"], escape(row["example"] or ""))
    return table


def _stages(results: dict[str, Any]) -> Table:
    table = _table("Every row accounted for", "stage", "rows in", "rows out", "duplicates", "rejects", "mixed up")
    for stage in results["hops"]:
        counts = (stage["rows_in"], stage["rows_out"], stage["duplicates"], stage["rejects"], stage["mixed"])
        table.add_row(stage["hop"], *(f"{count:,}" for count in counts))
    return table


def _control(results: dict[str, Any]) -> Table:
    table = _table("Control totals: what the airline handed over, what the marts hold", "total", "handed over", "marts")
    for name, figures in results["control"].items():
        same = agrees(figures)
        mark = "[green]✓[/green]" if same else "[red]✗[/red]"
        table.add_row(f"{mark} {name.replace('_', ' ')}", f"{figures['expected']:,}", f"{figures['found']:,}")
    return table


def _table(title: str, first: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "–"
