"""The same flights in the layouts that people have: files of 31 columns written anew by DuckDB.

Used by `tests/unit/feeds/test_same_flights.py`, two days, and by `proof/layouts.py`, a year.
"""

import bz2
import zipfile
from pathlib import Path

import duckdb

#: Columns of a PREZIP month after those that every row has; `{name}` is a column of the 31.
_PREZIP = """
    YEAR as "Year", (cast(MONTH as integer) + 2) // 3 as "Quarter", MONTH as "Month", DAY as "DayofMonth",
    DAY_OF_WEEK as "DayOfWeek",
    strftime(make_date(cast(YEAR as integer), cast(MONTH as integer), cast(DAY as integer)), '%Y-%m-%d')
        as "FlightDate",
    AIRLINE as "Reporting_Airline", '19930' as "DOT_ID_Reporting_Airline", AIRLINE as "IATA_CODE_Reporting_Airline",
    TAIL_NUMBER as "Tail_Number", FLIGHT_NUMBER as "Flight_Number_Reporting_Airline", '10299' as "OriginAirportID",
    ORIGIN_AIRPORT as "Origin", '14747' as "DestAirportID", DESTINATION_AIRPORT as "Dest",
    SCHEDULED_DEPARTURE as "CRSDepTime", DEPARTURE_TIME as "DepTime", DEPARTURE_DELAY || '.00' as "DepDelay",
    TAXI_OUT || '.00' as "TaxiOut", WHEELS_OFF as "WheelsOff", WHEELS_ON as "WheelsOn", TAXI_IN || '.00' as "TaxiIn",
    SCHEDULED_ARRIVAL as "CRSArrTime", ARRIVAL_TIME as "ArrTime", ARRIVAL_DELAY || '.00' as "ArrDelay",
    CANCELLED || '.00' as "Cancelled", CANCELLATION_REASON as "CancellationCode", DIVERTED || '.00' as "Diverted",
    SCHEDULED_TIME || '.00' as "CRSElapsedTime", ELAPSED_TIME || '.00' as "ActualElapsedTime",
    AIR_TIME || '.00' as "AirTime", '1.00' as "Flights", DISTANCE || '.00' as "Distance",
    AIRLINE_DELAY || '.00' as "CarrierDelay", WEATHER_DELAY || '.00' as "WeatherDelay",
    AIR_SYSTEM_DELAY || '.00' as "NASDelay", SECURITY_DELAY || '.00' as "SecurityDelay",
    LATE_AIRCRAFT_DELAY || '.00' as "LateAircraftDelay", null as "Div1Airport", null as "column00"
"""
#: A download in which every box of the same facts was ticked, with the date as TranStats writes it now.
_DOWNLOAD = """
    MONTH || '/' || DAY || '/' || YEAR || ' 12:00:00 AM' as "FL_DATE", AIRLINE as "OP_UNIQUE_CARRIER",
    TAIL_NUMBER as "TAIL_NUM", FLIGHT_NUMBER as "OP_CARRIER_FL_NUM", ORIGIN_AIRPORT as "ORIGIN",
    DESTINATION_AIRPORT as "DEST", SCHEDULED_DEPARTURE as "CRS_DEP_TIME", DEPARTURE_TIME as "DEP_TIME",
    DEPARTURE_DELAY || '.00' as "DEP_DELAY", TAXI_OUT || '.00' as "TAXI_OUT", WHEELS_OFF as "WHEELS_OFF",
    WHEELS_ON as "WHEELS_ON", TAXI_IN || '.00' as "TAXI_IN", SCHEDULED_ARRIVAL as "CRS_ARR_TIME",
    ARRIVAL_TIME as "ARR_TIME", ARRIVAL_DELAY || '.00' as "ARR_DELAY", CANCELLED || '.00' as "CANCELLED",
    CANCELLATION_REASON as "CANCELLATION_CODE", DIVERTED || '.00' as "DIVERTED",
    SCHEDULED_TIME || '.00' as "CRS_ELAPSED_TIME", ELAPSED_TIME || '.00' as "ACTUAL_ELAPSED_TIME",
    AIR_TIME || '.00' as "AIR_TIME", DISTANCE || '.00' as "DISTANCE", AIRLINE_DELAY || '.00' as "CARRIER_DELAY",
    WEATHER_DELAY || '.00' as "WEATHER_DELAY", AIR_SYSTEM_DELAY || '.00' as "NAS_DELAY",
    SECURITY_DELAY || '.00' as "SECURITY_DELAY", LATE_AIRCRAFT_DELAY || '.00' as "LATE_AIRCRAFT_DELAY"
"""


def _number(name: str) -> str:
    return f"coalesce(cast(try_cast({name} as integer) as varchar), 'NA')"


#: DataExpo has no wheels; numbers without leading zeros, `NA` for what is unknown.
_DATAEXPO = f"""
    YEAR as "Year", MONTH as "Month", DAY as "DayofMonth", DAY_OF_WEEK as "DayOfWeek",
    {_number("DEPARTURE_TIME")} as "DepTime", {_number("SCHEDULED_DEPARTURE")} as "CRSDepTime",
    {_number("ARRIVAL_TIME")} as "ArrTime", {_number("SCHEDULED_ARRIVAL")} as "CRSArrTime", AIRLINE as "UniqueCarrier",
    FLIGHT_NUMBER as "FlightNum", coalesce(TAIL_NUMBER, 'NA') as "TailNum",
    {_number("ELAPSED_TIME")} as "ActualElapsedTime", {_number("SCHEDULED_TIME")} as "CRSElapsedTime",
    {_number("AIR_TIME")} as "AirTime", {_number("ARRIVAL_DELAY")} as "ArrDelay",
    {_number("DEPARTURE_DELAY")} as "DepDelay", ORIGIN_AIRPORT as "Origin", DESTINATION_AIRPORT as "Dest",
    DISTANCE as "Distance", {_number("TAXI_IN")} as "TaxiIn", {_number("TAXI_OUT")} as "TaxiOut",
    CANCELLED as "Cancelled", coalesce(CANCELLATION_REASON, 'NA') as "CancellationCode", DIVERTED as "Diverted",
    {_number("AIRLINE_DELAY")} as "CarrierDelay", {_number("WEATHER_DELAY")} as "WeatherDelay",
    {_number("AIR_SYSTEM_DELAY")} as "NASDelay", {_number("SECURITY_DELAY")} as "SecurityDelay",
    {_number("LATE_AIRCRAFT_DELAY")} as "LateAircraftDelay"
"""
#: Typed columns that DataExpo says nothing of.
NOT_IN_DATAEXPO = ("off_at", "on_at")


def prezip(source: Path, folder: Path, days: str = "true") -> Path:
    """Write a month as BTS gives it: quoted, minutes with decimals, a comma more, in a zip with a page beside it."""
    file = _written(
        source, folder / "On_Time_2015_1.csv", _PREZIP, days, ", force_quote ('Reporting_Airline', 'Origin')"
    )
    with zipfile.ZipFile(folder / "On_Time_2015_1.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, file.name)
        archive.writestr("readme.html", "<html><body>what the columns mean</body></html>")
    file.unlink()
    return folder / "On_Time_2015_1.zip"


def download(source: Path, folder: Path, days: str = "true") -> Path:
    """Write a download of TranStats: the boxes in its order, and a comma at the end of each line."""
    file = _written(source, folder / "T_ONTIME_REPORTING.csv", _DOWNLOAD, days)
    file.write_bytes(file.read_bytes().replace(b"\n", b",\n"))
    return file


def dataexpo(source: Path, folder: Path, days: str = "true") -> Path:
    """Write a year as DataExpo has it, in bzip2."""
    file = _written(source, folder / "2015.csv", _DATAEXPO, days)
    packed = folder / "2015.csv.bz2"
    packed.write_bytes(bz2.compress(file.read_bytes()))
    file.unlink()
    return packed


def _written(source: Path, target: Path, columns: str, days: str, options: str = "") -> Path:
    with duckdb.connect() as engine:
        engine.execute(f"""
            copy (select {columns} from read_csv('{source}', all_varchar = true) where {days})
            to '{target}' (header{options})
        """)
    return target
