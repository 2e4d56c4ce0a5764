"""Feed partner/bts_ontime: flight files as people have them, and what they become."""
# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
# ruff: noqa: E501 - headers and records are read in one line

import io
from datetime import datetime

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from aero_assets.feeds import find
from tests.judging import judged

BTS = find("partner/bts_ontime")
SAYS = ("record", "event_id", "raw_ref", "line_number", "reason", "message")
#: One leg, Anchorage to Seattle on 2015-01-01, as each layout writes it.
DEPARTS, ARRIVES = datetime(2015, 1, 1, 9, 5), datetime(2015, 1, 1, 12, 30)
OUT, IN = datetime(2015, 1, 1, 8, 54), datetime(2015, 1, 1, 12, 8)
PREZIP = (
    '"Year","Quarter","Month","DayofMonth","DayOfWeek","FlightDate","Reporting_Airline","DOT_ID_Reporting_Airline","IATA_CODE_Reporting_Airline","Tail_Number","Flight_Number_Reporting_Airline","OriginAirportID","OriginAirportSeqID","Origin","DestAirportID","Dest","CRSDepTime","DepTime","DepDelay","DepDelayMinutes","CRSArrTime","ArrTime","ArrDelay","Cancelled","CancellationCode","Diverted","CRSElapsedTime","ActualElapsedTime","AirTime","Distance",\n'
    '2015,1,1,1,4,2015-01-01,"AS",19930,"AS","N407AS","98",10299,1029904,"ANC",14747,"SEA","0005","2354",-11.00,0.00,"0430","0408",-22.00,0.00,"",0.00,205.00,194.00,169.00,1448.00,\n'
)
MARKETING = (
    "FlightDate,Airline,Origin,Dest,Cancelled,Diverted,CRSDepTime,DepTime,DepDelayMinutes,DepDelay,ArrTime,ArrDelayMinutes,AirTime,CRSElapsedTime,ActualElapsedTime,Distance,Year,Quarter,Month,DayofMonth,DayOfWeek,Marketing_Airline_Network,Operated_or_Branded_Code_Share_Partners,DOT_ID_Marketing_Airline,IATA_Code_Marketing_Airline,Flight_Number_Marketing_Airline,Operating_Airline,DOT_ID_Operating_Airline,IATA_Code_Operating_Airline,Tail_Number,Flight_Number_Operating_Airline,OriginAirportID,OriginCityName,DestAirportID,CRSArrTime,ArrDelay,DivAirportLandings\n"
    '2015-01-01,Alaska Airlines Inc.,ANC,SEA,False,False,5,2354.0,0.0,-11.0,408.0,0.0,169.0,205.0,194.0,1448.0,2015,1,1,1,4,QX,QX_CODESHARE,19687,QX,2098,AS,19930,AS,N407AS,98,10299,"Anchorage, AK",14747,430,-22.0,0.0\n'
)
DATAEXPO = (
    "Year,Month,DayofMonth,DayOfWeek,DepTime,CRSDepTime,ArrTime,CRSArrTime,UniqueCarrier,FlightNum,TailNum,ActualElapsedTime,CRSElapsedTime,AirTime,ArrDelay,DepDelay,Origin,Dest,Distance,TaxiIn,TaxiOut,Cancelled,CancellationCode,Diverted,CarrierDelay,WeatherDelay,NASDelay,SecurityDelay,LateAircraftDelay\n"
    "2015,1,1,4,2354,5,408,430,AS,98,N407AS,194,205,169,-22,-11,ANC,SEA,1448,4,21,0,NA,0,NA,NA,NA,NA,NA\n"
)
KAGGLE_2018 = (
    "FL_DATE,OP_CARRIER,OP_CARRIER_FL_NUM,ORIGIN,DEST,CRS_DEP_TIME,DEP_TIME,DEP_DELAY,TAXI_OUT,WHEELS_OFF,WHEELS_ON,TAXI_IN,CRS_ARR_TIME,ARR_TIME,ARR_DELAY,CANCELLED,CANCELLATION_CODE,DIVERTED,CRS_ELAPSED_TIME,ACTUAL_ELAPSED_TIME,AIR_TIME,DISTANCE,CARRIER_DELAY,WEATHER_DELAY,NAS_DELAY,SECURITY_DELAY,LATE_AIRCRAFT_DELAY,Unnamed: 27\n"
    "2015-01-01,AS,98,ANC,SEA,5,2354.0,-11.0,21.0,15.0,404.0,4.0,430,408.0,-22.0,0.0,,0.0,205.0,194.0,169.0,1448.0,,,,,,\n"
)
KAGGLE_3M = (
    "FL_DATE,AIRLINE,AIRLINE_DOT,AIRLINE_CODE,DOT_CODE,FL_NUMBER,ORIGIN,ORIGIN_CITY,DEST,DEST_CITY,CRS_DEP_TIME,DEP_TIME,DEP_DELAY,TAXI_OUT,WHEELS_OFF,WHEELS_ON,TAXI_IN,CRS_ARR_TIME,ARR_TIME,ARR_DELAY,CANCELLED,CANCELLATION_CODE,DIVERTED,CRS_ELAPSED_TIME,ELAPSED_TIME,AIR_TIME,DISTANCE,DELAY_DUE_CARRIER,DELAY_DUE_WEATHER,DELAY_DUE_NAS,DELAY_DUE_SECURITY,DELAY_DUE_LATE_AIRCRAFT\n"
    '2015-01-01,Alaska Airlines Inc.,Alaska Airlines Inc.: AS,AS,19930,98,ANC,"Anchorage, AK",SEA,"Seattle, WA",5,2354.0,-11.0,21.0,15.0,404.0,4.0,430,408.0,-22.0,0.0,,0.0,205.0,194.0,169.0,1448.0,,,,,\n'
)
NYCFLIGHTS = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour\n"
    "2015,1,1,2354,5,-11,408,430,-22,AS,98,N407AS,ANC,SEA,169,1448,0,5,2015-01-01T09:00:00Z\n"
)
DOWNLOAD = (
    "FL_DATE,OP_UNIQUE_CARRIER,OP_CARRIER_FL_NUM,ORIGIN,DEST,CRS_DEP_TIME,DEP_TIME,CRS_ARR_TIME,ARR_TIME,CANCELLED,DIVERTED,DISTANCE,\n"
    '1/1/2015 12:00:00 AM,"AS","98","ANC","SEA","0005","2354","0430","0408",0.00,0.00,1448.00,\n'
)
LAYOUTS = {
    "PREZIP of BTS": PREZIP,
    "PREZIP of BTS for marketing carriers, and Combined_Flights of Kaggle": MARKETING,
    "DataExpo 1987 to 2008": DATAEXPO,
    "Kaggle 2009 to 2018": KAGGLE_2018,
    "Kaggle flights_sample_3m": KAGGLE_3M,
    "nycflights13": NYCFLIGHTS,
    "T_ONTIME_REPORTING or T_ONTIME_MARKETING of TranStats": DOWNLOAD,
}
#: The fewest boxes of a download that make a leg.
FEWEST = "FL_DATE,OP_UNIQUE_CARRIER,OP_CARRIER_FL_NUM,ORIGIN_AIRPORT_ID,DEST_AIRPORT_ID,CRS_DEP_TIME,\n{date},AS,98,10299,14747,{time},\n"
DATES, TIMES = ("2015-01-01", "1/1/2015 12:00:00 AM", "1/1/2015", "20150101"), ("0005", "5", "5.00", "00:05")
UNKNOWN = ("NA", "UNKNOW", "0", "000000", "")


def rows(text: str | bytes) -> list[dict]:
    return judged(BTS, text)


def case(shared_data, name: str) -> bytes:
    return (shared_data / "field_cases" / name).read_bytes()


def as_parquet(text: str) -> bytes:
    """The same table as Parquet, with the types that a reader of CSV guesses."""
    header, record, _ = text.split("\n")
    if header.endswith(","):
        header, record = header[:-1], record[:-1]
    read = pyarrow.csv.ReadOptions(column_names=header.replace('"', "").split(","))
    nulls = pyarrow.csv.ConvertOptions(null_values=["", "NA"])
    file = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(io.BytesIO(record.encode()), read, convert_options=nulls), file)
    return file.getvalue()


def test_flights_before_2010_are_taken_with_the_clocks_of_their_time(shared_data):
    """Indiana kept no summer time before 2006."""
    [row] = rows(case(shared_data, "F12_bts_before_2010.csv"))
    assert row["reason"] is None
    assert (row["std_at"], row["sta_at"]) == (datetime(2005, 7, 1, 17, 0), datetime(2005, 7, 1, 20, 30))


def test_the_first_day_of_the_public_data_is_taken_and_the_day_before_is_refused_with_the_limit(shared_data):
    text = case(shared_data, "F12_bts_before_2010.csv").decode()
    [first] = rows(text.replace("2005,7,1,5", "1987,10,1,4"))
    [earlier] = rows(text.replace("2005,7,1,5", "1987,9,30,3"))
    assert (first["reason"], earlier["reason"]) == (None, "date_out_of_range")
    assert "1987-10-01" in earlier["message"]


def test_airport_numbers_of_us_dot_are_airports(shared_data):
    text = case(shared_data, "F11_bts_october_2015.csv").decode()
    [row] = rows(text)
    assert (row["reason"], row["origin"], row["destination"]) == (None, "SEA", "DFW")
    assert row["std_at"] == datetime(2015, 10, 1, 7, 5)
    [unknown] = rows(text.replace("14747", "99999"))
    assert (unknown["reason"], "99999" in unknown["message"]) == ("unknown_airport", True)


def test_an_airport_that_moved_is_as_far_away_as_it_was_then():
    """Denver's code was that of Stapleton, 12 miles from today's airport, until it closed."""
    leg = DATAEXPO.replace("ANC,SEA,1448", "DEN,COS,67").replace("2354,5,408,430", "1000,1000,1040,1040")
    short = leg.replace("194,205,169,-22,-11", "40,40,30,0,0").replace("4,21,0", "5,5,0")
    [then] = rows(short.replace("2015,1,1,4", "1988,1,1,5"))
    [now] = rows(short)
    assert (then["reason"], now["reason"]) == (None, "distance_mismatch")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_leg_is_the_same_leg_in_every_layout(name):
    text = LAYOUTS[name]
    assert BTS.layout_of(text.split("\n")[0].replace('"', "").split(",")) == name
    [row] = rows(text)
    assert row["reason"] is None, row["message"]
    assert (row["carrier"], row["flight_number"], row["origin"], row["destination"]) == ("AS", 98, "ANC", "SEA")
    assert (row["std_at"], row["sta_at"], row["out_at"], row["in_at"]) == (DEPARTS, ARRIVES, OUT, IN)
    assert row["tail"] == (None if "N407AS" not in text else "N407AS")
    assert row["is_cancelled"] is (None if name == "nycflights13" else False)
    [own] = rows(as_parquet(text))
    assert {key: value for key, value in own.items() if key not in SAYS} == {
        key: value for key, value in row.items() if key not in SAYS
    }


@pytest.fixture(scope="module")
def fewest() -> dict[tuple[str, str], dict]:
    """The leg of the fewest boxes with every writing of its date and its time, in one file."""
    written = [(date, time) for date in DATES for time in TIMES]
    header, _, _ = FEWEST.partition("\n")
    records = [FEWEST.format(date=date, time=time).splitlines()[1] for date, time in written]
    return dict(zip(written, rows("\n".join([header, *records, ""])), strict=True))


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("time", TIMES)
def test_what_a_download_does_not_have_is_unknown(fewest, date, time):
    row = fewest[date, time]
    assert (row["reason"], row["origin"], row["destination"], row["std_at"]) == (None, "ANC", "SEA", DEPARTS)
    known = {"leg_uid", "operating_date", "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin",
             "destination", "std_at", "std_utc_offset_minutes", "source", "attempt", "is_actual", "version",
             "received_at", "raw_key"}  # fmt: skip
    assert {name: value for name, value in row.items() if value is not None and name not in (*known, *SAYS)} == {}


def test_a_night_flight_without_its_scheduled_time_in_the_air_arrives_on_the_next_day():
    boxes = "FL_DATE,OP_UNIQUE_CARRIER,OP_CARRIER_FL_NUM,ORIGIN,DEST,CRS_DEP_TIME,CRS_ARR_TIME,DEP_TIME,ARR_TIME\n"
    [row] = rows(boxes + "2015-01-05,DL,10,LAX,JFK,2300,0720,0155,1010\n")
    assert (row["reason"], row["sta_at"]) == (None, datetime(2015, 1, 6, 12, 20))
    assert (row["out_at"], row["in_at"]) == (datetime(2015, 1, 6, 9, 55), datetime(2015, 1, 6, 15, 10))


def test_a_cancelled_leg_of_a_year_without_reasons_counts():
    leg = DATAEXPO.replace("2354,5,408,430", "NA,5,NA,430").replace("194,205,169,-22,-11", "NA,205,NA,NA,NA")
    [row] = rows(leg.replace("2015,1,1,4", "1999,1,1,5").replace("4,21,0,NA,0", "0,0,1,NA,0"))
    assert (row["reason"], row["is_cancelled"], row["cancellation_code"]) == (None, True, None)


@pytest.fixture(scope="module")
def unknown() -> dict[str, dict]:
    """A leg with every word for an unknown aircraft, in one file."""
    header, record, _ = DATAEXPO.split("\n")
    found = rows("\n".join([header, *(record.replace("N407AS", tail) for tail in UNKNOWN), ""]))
    return dict(zip(UNKNOWN, found, strict=True))


@pytest.mark.parametrize("tail", UNKNOWN)
def test_words_for_an_unknown_aircraft_are_none(unknown, tail):
    assert (unknown[tail]["reason"], unknown[tail]["tail"]) == (None, None)


def test_an_earlier_user_of_a_code_has_the_code():
    [row] = rows(DATAEXPO.replace(",AS,98", ",PA (1),98"))
    assert (row["reason"], row["carrier"]) == (None, "PA")


def test_a_name_of_an_airline_is_no_carrier():
    without = MARKETING.replace("Operating_Airline,", "Operator,").replace("IATA_Code_Operating_Airline", "x")
    [row] = rows(without.replace("Flight_Number_Operator", "Flight_Number_Operating_Airline"))
    assert (row["reason"], "Alaska Airlines Inc." in row["message"]) == ("bad_carrier", True)


def test_two_dates_of_a_row_that_differ_refuse_it():
    [row] = rows(PREZIP.replace("2015-01-01", "2015-01-02"))
    assert row["reason"] == "bad_date"


def test_every_number_of_the_table_is_an_airport_that_we_know():
    from aero_assets.zones import airports, dot_airports

    assert len(dot_airports()) > 3_000
    assert {place.iata for place in dot_airports().values()} <= airports().keys()


def test_a_public_sample_in_parquet_is_taken_whole(shared_data):
    body = (shared_data / "flights" / "nycflights13_sample_100k.parquet").read_bytes()
    table = pq.read_table(pa.BufferReader(body)).slice(0, 5_000)
    file = io.BytesIO()
    pq.write_table(table, file)
    found = rows(file.getvalue())
    assert (len(found), {row["reason"] for row in found}) == (5_000, {None})
