"""Made-up legs (datos sintéticos) of `partner/bts_ontime` by the million, written as files of the typed zone.

The typed step would take most of an hour for ten million legs, so DuckDB writes its result: a file per operating date
and arrival, with the feed's columns, ordered and compressed as compaction does it. An aircraft flies five legs a day
between a base and airports around it, every day from where it stood. One leg in a hundred comes again in a second
arrival, corrected.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from aero_assets.feeds import feeds, find
from aero_assets.lake import empty_file, write_empty
from aero_assets.zones import airports, offset_minutes
from bench.flights import FIRST, Lake, day
from bench.measure import Say
from bench.sample import FEED

BASES = ("MEX", "GDL", "MTY", "LAX", "DEN", "DFW", "ORD", "ATL")
SPOKES = (
    "AUS", "BNA", "BOS", "CLE", "CLT", "CUN", "DTW", "IAH", "IND", "JFK", "LAS", "MCI", "MIA", "MSP", "MSY", "OMA",
    "PDX", "PHL", "PHX", "PIT", "PVR", "SAN", "SAT", "SEA", "SFO", "SJD", "SLC", "STL", "TIJ", "TUL",
)  # fmt: skip
CARRIERS = ("AA", "AM", "AS", "B6", "DL", "F9", "HA", "NK", "OO", "UA", "VB", "WN", "Y4")
LEGS_OF_AIRCRAFT = 5
ARRIVED, CORRECTED = datetime(2026, 1, 20, 8, tzinfo=UTC), datetime(2026, 1, 27, 8, tzinfo=UTC)

PLACES = """
create table bases as
    select row_number() over () - 1 as number, * from (values {bases}) as t (code, utc_offset, point);
create table spokes as
    select row_number() over () - 1 as number, * from (values {spokes}) as t (code, utc_offset, point);
create table pairs as
    select base.number as base, spoke.number as spoke, base.code as base_code, spoke.code as spoke_code,
        base.utc_offset as base_offset, spoke.utc_offset as spoke_offset, cast(round(7917.5 * asin(least(1, sqrt(
            pow(sin(radians(base.point[1] - spoke.point[1]) / 2), 2) + cos(radians(base.point[1]))
            * cos(radians(spoke.point[1])) * pow(sin(radians(base.point[2] - spoke.point[2]) / 2), 2))))) as integer)
            as distance_miles
    from bases as base, spokes as spoke;
-- of every base the airports that an aircraft reaches within its turn
create table around as
    select
        *, row_number() over (partition by base order by spoke) - 1 as place,
        count(*) over (partition by base) as places
    from pairs where distance_miles between 100 and 900;
create macro drawn(what, aircraft, visit, most) as cast(hash(what, aircraft, visit) % (most + 1) as integer);
-- Minutes late by itself, of most legs none.
create macro own_delay(aircraft, visit) as case
    when drawn('late', aircraft, visit, 99) < 65 then drawn('early', aircraft, visit, 9) - 7
    else cast(round(-25 * ln((drawn('minutes', aircraft, visit, 9998) + 1) / 10000.0)) as integer) end;
"""

#: Legs of one date, the first `$legs` of it.
LEGS = """
with numbered as (
    select
        number // {legs} as aircraft, number % {legs} as of_day, $day * {legs} + number % {legs} as visit,
        date '{first}' + cast($day as integer) as operating_date
    from range($legs) as t (number)
),
flown as (
    select
        numbered.*, around.*,
        visit % 2 = 0 as is_outward,
        cast(45 + around.distance_miles / 8 as integer) as block,
        operating_date + interval 13 hour + to_minutes(drawn('first', aircraft, 0, 60) + of_day * 200) as std_at,
        own_delay(aircraft, visit) as own,
        case when of_day > 0 then greatest(own_delay(aircraft, visit - 1) - 30, 0) else 0 end as inherited,
        drawn('fate', aircraft, visit, 999) as fate,
        10 + drawn('taxi out', aircraft, visit, 18) as taxi_out,
        4 + drawn('taxi in', aircraft, visit, 7) as taxi_in,
        drawn('air', aircraft, visit, 14) - 6 as slower
    from numbered
    inner join around
        on around.base = aircraft % {bases} and around.place = drawn('route', aircraft, visit // 2, 999) % around.places
),
timed as (
    select
        *,
        fate < 15 as is_cancelled, fate between 15 and 17 as is_diverted, fate >= 18 as is_normal,
        own + inherited as late, std_at + to_minutes(block) as sta_at, block - 26 + slower as air
    from flown
),
late as (
    select *, late + taxi_out + air + taxi_in - block as arrived_late from timed
),
coded as (
    select
        *,
        is_normal and arrived_late >= 15 as has_causes,
        least(inherited, arrived_late) as of_aircraft,
        arrived_late - least(inherited, arrived_late) as of_others,
        drawn('cause', aircraft, visit, 9) as cause
    from late
),
legs as (
    select
        operating_date, {carrier} as carrier, 1 + aircraft // {carriers} * {legs} + of_day as flight_number,
        '' as operational_suffix, 1 as leg_sequence,
        case when is_outward then base_code else spoke_code end as origin,
        case when is_outward then spoke_code else base_code end as destination,
        case when not is_cancelled or of_day > 2 then 'N' || (10000 + aircraft) end as tail,
        std_at, sta_at,
        case when is_outward then base_offset else spoke_offset end as std_utc_offset_minutes,
        case when is_outward then spoke_offset else base_offset end as sta_utc_offset_minutes,
        case when not is_cancelled then std_at + to_minutes(late) end as out_at,
        case when not is_cancelled then std_at + to_minutes(late + taxi_out) end as off_at,
        case when is_normal then std_at + to_minutes(late + taxi_out + air) end as on_at,
        case when is_normal then std_at + to_minutes(late + taxi_out + air + taxi_in) end as in_at,
        block as scheduled_block_minutes, is_cancelled,
        case when is_cancelled then chr(65 + drawn('letter', aircraft, visit, 2)) end as cancellation_code,
        is_diverted, distance_miles,
        case when has_causes then case when cause < 5 then of_others else 0 end end as carrier_delay_minutes,
        case when has_causes then case when cause = 5 then of_others else 0 end end as weather_delay_minutes,
        case when has_causes then case when cause > 6 then of_others else 0 end end as nas_delay_minutes,
        case when has_causes then case when cause = 6 then of_others else 0 end end as security_delay_minutes,
        case when has_causes then of_aircraft end as late_aircraft_delay_minutes,
        case when not is_cancelled then late end as reported_departure_delay_minutes,
        case when is_normal then arrived_late end as reported_arrival_delay_minutes,
        'partner_file' as source, 1 as attempt, true as is_actual, 1 as version,
        aircraft, of_day
    from coded
    {where}
)
select
    left(sha256(concat_ws('|', carrier, flight_number, operational_suffix, origin, operating_date, leg_sequence)), 32)
        as leg_uid,
    legs.* exclude (aircraft, of_day) {instead},
    cast($received_at as timestamp) as received_at,
    left(sha256(concat_ws('|', $received_at, operating_date, carrier, flight_number)), 32) as event_id,
    'raw/' || $received_at || '.csv.gz#' || (aircraft * {legs} + of_day + 2) as raw_ref
from legs
"""


def lake(folder: Path, days: int, legs: int, say: Say) -> Lake:
    """Return the copy of a lake with so many legs on so many days, making it unless it is in the folder."""
    copy = folder / f"typed-{days}x{legs}"
    if not copy.exists():
        say(f"making a lake of {legs:,} legs on {days} days")
        for feed in feeds():
            write_empty(feed, copy / empty_file(feed))
        with duckdb.connect() as connection:
            connection.execute(PLACES.format(bases=_places(BASES), spokes=_places(SPOKES)))
            for number in range(days):
                _write(connection, copy, number, legs // days + (number < legs % days))
    return Lake(copy, legs, days)


def _places(codes: tuple[str, ...]) -> str:
    known = airports()
    return ", ".join(
        f"('{code}', {offset_minutes(known[code].zone, FIRST)}, [{known[code].latitude}, {known[code].longitude}])"
        for code in codes
    )


def _write(connection: duckdb.DuckDBPyConnection, copy: Path, number: int, legs: int) -> None:
    """Write the files of one date: all its legs, and the corrected ones of a later arrival."""
    feed = find(FEED)
    columns = ", ".join(f"cast({column.name} as {column.type}) as {column.name}" for column in feed.file_columns)
    carriers = "[" + ", ".join(f"'{code}'" for code in CARRIERS) + f"][aircraft % {len(CARRIERS)} + 1]"
    sizes = {"legs": LEGS_OF_AIRCRAFT, "bases": len(BASES), "carriers": len(CARRIERS), "first": FIRST.date()}
    parts = (
        (ARRIVED, "", ""),
        (CORRECTED, "where drawn('corrected', aircraft, visit, 99) = 0", "replace (coalesce(tail, 'N9') as tail)"),
    )
    folder = copy / "typed" / feed.path / f"operating_date={day(number)}"
    folder.mkdir(parents=True)
    for arrived, where, instead in parts:
        legs_sql = LEGS.format(**sizes, carrier=carriers, where=where, instead=instead)
        connection.execute(
            f"copy (select {columns} from ({legs_sql}) order by event_id) "
            f"to '{folder}/arrived={arrived:%Y-%m-%d}-{number:08x}.parquet' (format parquet, compression zstd)",
            {"day": number, "legs": legs, "received_at": f"{arrived:%Y-%m-%d %H:%M:%S}"},
        )
