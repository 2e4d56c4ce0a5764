"""The text of a trace for a terminal: the number, its legs, and the records and objects behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from aero_assets.trace.objects import key_of
from aero_cli.commands.common import print_table
from aero_cli.commands.metrics import shown

if TYPE_CHECKING:
    from aero_assets.published import Snapshot
    from aero_assets.trace.numbers import Leg, Number
    from aero_assets.trace.objects import RawObject
    from aero_assets.trace.records import Record
    from aero_assets.trace.way_back import Ways

#: Records of money that a person sees of a leg.
MOST_MONEY = 5


def print_number(number: Number, snapshot: Snapshot, chosen: Sequence[Leg], counting: int) -> None:
    """Print a number, its sums in the mart and over its legs, and what each chosen leg adds."""
    figure, question = number.figure, number.question
    scope = ", ".join((*(f"{n} {' or '.join(v)}" for n, v in question.only.items()), f"{question.day}"))
    labels = "".join(f", {label}" for label in snapshot.manifest.labels)
    value = shown(float(number.value) if figure.under and number.value is not None else number.value, figure.unit)
    print(f"{figure.name} of {question.mart}, {scope}: {value or 'no value'}")
    print(f"version {snapshot.version}{labels}\n")
    places = {"over": figure.over, "less": figure.less, "under": figure.under}
    parts = [(place, part) for place, sums in places.items() for part in sums]
    rows = [(place, part.id, text_of(number.in_mart[part.id], "not a column"), text_of(number.sums[part.id]), part.text)
            for place, part in parts]  # fmt: skip
    if figure.kpi and figure.kpi.times:
        rows.append(("times", f"{float(figure.kpi.times):g}", "", "", "Factor of the whole."))
    print_table(("part", "sum", "in the mart", "over its legs", "text"), rows)
    print(f"\n{counting} of {len(number.legs)} legs count" + (f"; the first {len(chosen)}:" if counting else ""))
    columns = list(dict.fromkeys(name for leg in chosen for name in leg.columns))
    heads = ("leg", "over", *(("under",) if figure.under else ()), *columns)
    print_table(heads, [
        (called(leg.names), text_of(leg.over), *((text_of(leg.under),) if figure.under else ()),
         *(text_of(leg.columns.get(name), "–") for name in columns))
        for leg in chosen
    ])  # fmt: skip


def print_leg(leg_uid: str, heading: str, ways: Ways) -> None:
    """Print the records that won the fields of a leg, and those of its money."""
    print(f"\n{heading}  leg {leg_uid}")
    leg = ways.legs.get(leg_uid)
    if leg is None:
        print("  no record of it is in the lake")
        print_money(leg_uid, ways)
        return
    winning = [record for record in leg.records if record.wins]

    for record in winning:
        print_record(record, ways)
        print(fill(f"wins {', '.join(record.wins)}", 116, initial_indent=" " * 4, subsequent_indent=" " * 9))
    if others := len(leg.records) - len(winning):
        print(f"  {others} more records won no field; --json lists them")
    for field, (published, merged) in leg.differs(ways.published.get(leg_uid, {})).items():
        in_version, in_lake = text_of(published, "nothing"), text_of(merged, "nothing")
        print(f"  {field} is {in_version} in this version, {in_lake} by the lake: a later version will have it")
    print_money(leg_uid, ways)


def print_money(leg_uid: str, ways: Ways) -> None:
    """Print the records of money of a leg: those that count, by feed."""
    records = [item for item in ways.money.get(leg_uid, ()) if item.record.state == "counts"]
    feeds = list(dict.fromkeys(item.record.feed for item in records))
    for feed in feeds:
        of_feed = [item for item in records if item.record.feed == feed]
        print(f"  {feed}: {len(of_feed)} records count")
        for item in of_feed[:MOST_MONEY]:
            print_record(item.record, ways)
            print("    " + ", ".join(f"{name} {value}" for name, value in item.values.items() if value is not None))
        if len(of_feed) > MOST_MONEY:
            print(f"  {len(of_feed) - MOST_MONEY} more; --json lists them")


def print_record(record: Record, ways: Ways) -> None:
    """Print a record and its place in the raw zone."""
    kind = f" {record.kind}" if record.kind else ""
    received = f"received {record.received_at:%Y-%m-%dT%H:%M:%SZ}"
    print(f"  {record.source}{kind}, version {record.version}, {received}, event {record.event_id}")
    print(f"    {place_of(record.raw_ref, ways.objects.get(key_of(record.raw_ref)))}")


def place_of(raw_ref: str, raw_object: RawObject | None) -> str:
    """Return a record's place in the raw zone, with what is known of the object."""
    if raw_object is None:
        return f"{raw_ref} (not looked for)"
    if not raw_object.is_there:
        return f"{raw_ref} IS MISSING"
    arrived = f", arrived {raw_object.arrived_at}" if raw_object.arrived_at else ""
    sent = f" as {raw_object.sent_as}" if raw_object.sent_as else ""
    return f"{raw_ref} (there, {raw_object.bytes:,} bytes{arrived}{sent})"


def called(names: Mapping[str, Any]) -> str:
    """Return the names of a leg for people: flight, date, route and STD."""
    if names.get("flight_number") is None:
        return "unknown leg"
    std = names["std_at"]
    at = f"{std:%H:%MZ}" if std else "no STD"
    suffix = names["operational_suffix"] or ""
    return f"{names['carrier']}{names['flight_number']}{suffix} {names['operating_date']} {names['route']} {at}"


def text_of(value: Any, absent: str = "") -> str:  # noqa: ANN401 - any column
    """Return a value as text."""
    return absent if value is None else f"{value}"
