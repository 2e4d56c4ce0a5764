"""The tables of the operational database that are extracted, and the known form of each.

The job compares the database with this before it reads: `data_type` is the word of information_schema. A column that is
not here is new, one that is only here is gone.
"""

from dataclasses import dataclass

INTEGER, TEXT, DATE, BOOLEAN = "integer", "text", "date", "boolean"
CHAR, VARCHAR, NUMERIC, INSTANT = "character", "character varying", "numeric", "timestamp with time zone"
#: The column of every table that says when a row changed.
KEPT = {"data_label": TEXT, "row_version": INTEGER, "updated_at": INSTANT, "deleted_at": INSTANT}
SCHEMA = "opsdb"


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns and types in the order of the database, the column that dates changes.

    Without a `stamp` the whole table is compared with the last extract.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, str]
    stamp: str | None = "updated_at"


TABLES = {
    table.name: table
    for table in (
        Table(
            "aircraft",
            ("tail",),
            {"tail": VARCHAR, "aircraft_type": VARCHAR, "seats": INTEGER, "in_service_on": DATE, **KEPT},
        ),
        Table(
            "legs",
            ("leg_uid",),
            {
                "leg_uid": CHAR,
                "operating_date": DATE,
                "carrier": VARCHAR,
                "flight_number": INTEGER,
                "operational_suffix": VARCHAR,
                "leg_sequence": INTEGER,
                "origin": CHAR,
                "destination": CHAR,
                "tail": VARCHAR,
                "aircraft_type": VARCHAR,
                "seats": INTEGER,
                "distance_miles": INTEGER,
                "std_at": INSTANT,
                "sta_at": INSTANT,
                "std_utc_offset_minutes": INTEGER,
                "sta_utc_offset_minutes": INTEGER,
                "attempt": INTEGER,
                "out_at": INSTANT,
                "off_at": INSTANT,
                "on_at": INSTANT,
                "in_at": INSTANT,
                "is_cancelled": BOOLEAN,
                "cancellation_code": VARCHAR,
                "is_diverted": BOOLEAN,
                "delay_codes": TEXT,
                "passengers": INTEGER,
                **KEPT,
            },
        ),
        Table(
            "leg_costs",
            ("leg_uid", "cost_line"),
            {
                "leg_uid": CHAR,
                "cost_line": VARCHAR,
                "operating_date": DATE,
                "driver": VARCHAR,
                "quantity": NUMERIC,
                "usd_per_unit": NUMERIC,
                "amount_usd": NUMERIC,
                "basis": VARCHAR,
                **KEPT,
            },
        ),
        Table(
            "tickets",
            ("coupon_id",),
            {
                "coupon_id": CHAR,
                "booking_hash": CHAR,
                "leg_uid": CHAR,
                "operating_date": DATE,
                "cabin": VARCHAR,
                "issued_at": INSTANT,
                "status": VARCHAR,
                "fare_usd": NUMERIC,
                "ancillary_usd": NUMERIC,
                "tua_usd": NUMERIC,
                "iva_usd": NUMERIC,
                "currency": CHAR,
                **KEPT,
                "seats": INTEGER,
            },
        ),
        Table(
            "connections",
            ("in_leg_uid", "out_leg_uid"),
            {
                "in_leg_uid": CHAR,
                "out_leg_uid": CHAR,
                "operating_date": DATE,
                "airport": CHAR,
                "passengers": INTEGER,
                "minimum_connect_minutes": INTEGER,
                "result": VARCHAR,
                **KEPT,
            },
        ),
        Table(
            "fx_rates",
            ("rate_date", "currency"),
            {"rate_date": DATE, "currency": CHAR, "usd_per_unit": NUMERIC, "published_by": VARCHAR, "data_label": TEXT},
            stamp=None,
        ),
    )
}


def chosen(names: str) -> list[Table]:
    """Return the tables that a list with commas names; `all` are all of them."""
    if names.strip() == "all":
        return list(TABLES.values())
    listed = [name.strip() for name in names.split(",") if name.strip()]
    unknown = sorted(set(listed) - set(TABLES))
    if unknown or not listed:
        raise ValueError(
            f"--tables {names!r}: {', '.join(unknown) or 'no table'} is unknown; there are {', '.join(TABLES)}, or all"
        )
    return [TABLES[name] for name in dict.fromkeys(listed)]
