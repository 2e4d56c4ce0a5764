"""Questions to the published marts of operations: SQL and parameters in, data frames out.

Every punctuality figure is read from `fct_otp_day`, so that there is one definition of each. Sums of legs come from
`fct_leg`, the only mart that knows carrier and route together; what they count stands in the register of figures.
Ratios are left to `kpis`: here is only what can be added up.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pandas as pd

from aero_streaming.figures import figures

Connection = duckdb.DuckDBPyConnection

#: Every sum of legs that a figure of a page is made of.
_NEEDED = {part.id: part for kpi in figures().used_by("pages") if kpi.of.id == "legs" for part in kpi.sums}
SUMS = ", ".join(
    f"coalesce(sum({part.value_sql()}), 0)::{'double' if part.is_decimal else 'bigint'} as {part.id}"
    for part in _NEEDED.values()
)
OTP_SUMS = """
    sum(legs)::bigint as legs, sum(on_time_legs)::bigint as on_time_legs, sum(unknown_legs)::bigint as unknown_legs
"""
#: Queries of the codes that filters offer.
KNOWN = {
    "carriers": "select carrier as code, count(*) as legs from operations.fct_leg group by 1 order by 2 desc, 1",
    "origins": "select origin as code, count(*) as legs from operations.fct_leg group by 1 order by 2 desc, 1",
    "routes": "select route as code, count(*) as legs from operations.fct_leg group by 1 order by 2 desc, 1",
    "definitions": "select distinct definition as code from operations.fct_otp_day order by 1",
}


@dataclass(frozen=True)
class Scope:
    """A choice of legs: operating dates, both included, and a carrier, an origin or a route where one is given."""

    first: date
    last: date
    carrier: str | None = None
    origin: str | None = None
    route: str | None = None

    @property
    def days(self) -> int:
        """The number of days, both ends included."""
        return (self.last - self.first).days + 1

    def previous(self) -> "Scope":
        """Return as many days before."""
        before = timedelta(days=self.days)
        return Scope(self.first - before, self.last - before, self.carrier, self.origin, self.route)

    def where(self) -> tuple[str, list[object]]:
        """Return the condition and its parameters."""
        conditions, values = ["operating_date between ? and ?"], [self.first, self.last]
        for name in ("carrier", "origin", "route"):
            if value := getattr(self, name):
                conditions.append(f"{name} = ?")
                values.append(value)
        return " and ".join(conditions), list(values)


def _frame(connection: Connection, sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    return connection.execute(sql, parameters or []).df()


def known(connection: Connection) -> dict[str, list[str]]:
    """Return what can be chosen, busiest first: carriers, origins, routes; and the OTP definitions with figures."""
    return {name: [row[0] for row in connection.execute(sql).fetchall()] for name, sql in KNOWN.items()}


def carrier_names(connection: Connection) -> dict[str, str]:
    """Return names of carriers by code."""
    return dict(connection.execute("select iata, name from reference.dim_carrier").fetchall())


def airports(connection: Connection) -> pd.DataFrame:
    """Return the airports that legs use: iata, name, municipality, country, latitude, longitude, zone."""
    return _frame(
        connection,
        "select iata, name, municipality, country, latitude, longitude, zone from reference.dim_airport where iata in "
        "(select origin from operations.fct_leg union select destination from operations.fct_leg) order by iata",
    )


def definitions(connection: Connection) -> pd.DataFrame:
    """Return how each OTP definition counts: its event, its boundary, its denominator."""
    return _frame(connection, "select * from reference.otp_definitions order by definition")


def sums_by_day(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Additive sums of legs, one row per operating date."""
    where, values = scope.where()
    return _frame(
        connection,
        f"select operating_date, {SUMS} from operations.fct_leg where {where} group by 1 order by 1",
        values,
    )


def sums_by_route(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Additive sums of legs, one row per route."""
    where, values = scope.where()
    return _frame(
        connection,
        f"select route, any_value(origin) as origin, any_value(destination) as destination, "
        f"max(distance_km)::double as distance_km, {SUMS} from operations.fct_leg where {where} group by 1 order by 1",
        values,
    )


def otp_by_day(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Legs, on time and unknown; one row per operating date and definition."""
    where, values = scope.where()
    return _frame(
        connection,
        f"select operating_date, definition, {OTP_SUMS} from operations.fct_otp_day where {where} "
        "group by 1, 2 order by 1, 2",
        values,
    )


def otp_by_route(connection: Connection, scope: Scope, definition: str) -> pd.DataFrame:
    """Legs, on time and unknown of a definition; one row per route."""
    return _otp(connection, scope, definition, "route")


def otp_by_hour(connection: Connection, scope: Scope, definition: str) -> pd.DataFrame:
    """Legs, on time and unknown of a definition; one row per local hour of the scheduled departure."""
    return _otp(connection, scope, definition, "std_local_hour")


def otp_by_route_hour(connection: Connection, scope: Scope, definition: str) -> pd.DataFrame:
    """Legs, on time and unknown of a definition; one row per route and local hour of the scheduled departure."""
    return _otp(connection, scope, definition, "route, std_local_hour")


def _otp(connection: Connection, scope: Scope, definition: str, grain: str) -> pd.DataFrame:
    where, values = scope.where()
    return _frame(
        connection,
        f"select {grain}, {OTP_SUMS} from operations.fct_otp_day where {where} and definition = ? "
        f"group by {grain} order by {grain}",
        [*values, definition],
    )


def causes(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Delay minutes by cause group, most first: cause, delayed_legs, delay_minutes."""
    where, values = scope.where()
    return _frame(
        connection,
        "select cause, sum(delayed_legs)::bigint as delayed_legs, sum(delay_minutes)::bigint as delay_minutes "
        f"from operations.fct_delay_cause_day where {where} group by 1 order by 3 desc, 1",
        values,
    )


def codes(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Delay minutes by code, most first, with what the code means and whether the airline answers for it."""
    where, values = scope.where()
    return _frame(
        connection,
        "with day as (select scheme, code, sum(delayed_legs)::bigint as delayed_legs, "
        f"sum(delay_minutes)::bigint as delay_minutes from operations.fct_delay_code_day where {where} group by 1, 2) "
        "select day.*, meaning.description_es, meaning.description_en, meaning.is_imputable "
        "from day left join reference.dim_delay_code as meaning on meaning.code = day.code "
        "order by delay_minutes desc, day.code",
        values,
    )


def block_minutes(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Return the number of legs by flown and scheduled block minutes."""
    where, values = scope.where()
    return _frame(
        connection,
        "select block_minutes, scheduled_block_minutes, count(*) as legs from operations.fct_leg "
        f"where {where} and block_minutes is not null and scheduled_block_minutes is not null "
        "group by 1, 2 order by 1, 2",
        values,
    )


def latest_legs(connection: Connection, scope: Scope, limit: int) -> pd.DataFrame:
    """The newest legs, with each time in UTC and on the clock of its airport (`*_local`)."""
    where, values = scope.where()
    local = ", ".join(
        f"{name}_at + {side}_utc_offset_minutes * interval 1 minute as {name}_local"
        for name, side in (("std", "std"), ("out", "std"), ("sta", "sta"), ("in", "sta"))
    )
    return _frame(
        connection,
        "select operating_date, carrier, flight_number, origin, destination, tail, aircraft_type, std_at, out_at, "
        f"sta_at, in_at, {local}, departure_delay_minutes, arrival_delay_minutes, is_cancelled, is_diverted, "
        f"is_operated, delay_codes from operations.fct_leg where {where} "
        "order by std_at desc, carrier, flight_number, leg_sequence limit ?",
        [*values, limit],
    )
