"""Rebuild the airport table (`dbt_project/seeds/reference/airports.csv`) from its public sources.

Run it in an environment of its own; nothing of the platform imports it:
`uv run --no-project --with timezonefinder --with duckdb python tools/build_airports.py OURAIRPORTS.parquet`

Codes, names and positions: OurAirports (public domain). Zone: looked up by position in the boundaries of
timezone-boundary-builder (© OpenStreetMap contributors, ODbL), through timezonefinder (MIT). Where the clock at
the airport differs from the ground it stands on, or an airport has gone, OVERRIDES below says so and why.
"""

import csv
import sys
from pathlib import Path

import duckdb
from timezonefinder import TimezoneFinder

TARGET = Path(__file__).parents[1] / "dbt_project" / "seeds" / "reference" / "airports.csv"
COLUMNS = (
    "iata", "icao", "name", "municipality", "country", "latitude", "longitude",
    "zone", "valid_from", "valid_to", "zone_source",
)  # fmt: skip

#: Airports whose published clock is not the zone of their coordinates: iata -> (zone, source).
ZONE_OVERRIDES = {"OOL": ("Australia/Brisbane", "airport on the state border publishes Queensland time")}
#: Carriers publish Beijing time in the whole of Xinjiang.
ZONE_REPLACED = {"Asia/Urumqi": ("Asia/Shanghai", "carriers publish Beijing time")}
#: First or last day of service, where a schedule of another year would otherwise be misread.
VALIDITY = {
    "NLU": ("2022-03-21", ""),
    "TQO": ("2023-12-01", ""),
    "XWA": ("2019-10-10", ""),
}
#: Gone from current lists, still in historical files.
GONE = (
    ("ISN", "KISN", "Sloulin Field International Airport", "Williston", "US", "48.1779", "-103.6420",
     "America/Chicago", "", "2019-10-10", "closed; replaced by XWA"),
    ("PFN", "KPFN", "Panama City-Bay County International Airport", "Panama City", "US", "30.2125", "-85.6819",
     "America/Chicago", "", "2010-05-31", "closed; replaced by ECP"),
    ("IYK", "KIYK", "Inyokern Airport", "Inyokern", "US", "35.6587", "-117.8294",
     "America/Los_Angeles", "", "", "without scheduled service"),
    ("SOP", "KSOP", "Moore County Airport", "Pinehurst/Southern Pines", "US", "35.2375", "-79.3892",
     "America/New_York", "", "", "without scheduled service"),
    ("UTM", "KUTA", "Tunica Municipal Airport", "Tunica", "US", "34.6850", "-90.3478",
     "America/Chicago", "", "", "without scheduled service"),
)  # fmt: skip

QUERY = """
    select iata_code, coalesce(icao_code, ''), name, coalesce(municipality, ''), iso_country,
           round(latitude_deg, 4), round(longitude_deg, 4)
    from read_parquet(?)
    where iata_code is not null and type in ('large_airport', 'medium_airport', 'small_airport', 'seaplane_base')
      and (scheduled_service or iso_country = 'MX' or (iso_country = 'US' and type <> 'small_airport'))
"""


def main(source: str) -> None:
    """Write the table, sorted by code."""
    zone_at = TimezoneFinder().timezone_at
    rows = list(GONE)
    for iata, icao, name, city, country, latitude, longitude in duckdb.execute(QUERY, [source]).fetchall():
        zone, origin = zone_at(lng=longitude, lat=latitude), "position"
        zone, origin = ZONE_REPLACED.get(zone, (zone, origin))
        zone, origin = ZONE_OVERRIDES.get(iata, (zone, origin))
        first, last = VALIDITY.get(iata, ("", ""))
        rows.append((iata, icao, name, city, country, latitude, longitude, zone, first, last, origin))
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows, key=lambda row: row[0]))


if __name__ == "__main__":
    main(sys.argv[1])
