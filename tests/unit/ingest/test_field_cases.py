"""Inputs from the field that once came out wrong, each with the values that are right."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aero_assets.zones import station_offset
from aero_ingest import ssim, ssim_legs
from aero_ingest.message import Message
from aero_ingest.messages import parse_all
from aero_ingest.ssim_records import LegRecord
from tests.judging import judged

FOLDER = Path(__file__).parents[2] / "fixtures" / "field_cases"
ARRIVED = date(2026, 11, 28)


def reports(name):
    return judged("partner/metar", (FOLDER / f"{name}.txt").read_bytes(), ARRIVED)


def message(name, at):
    lines = (FOLDER / f"{name}.txt").read_text(encoding="ascii").splitlines(keepends=True)
    [parsed] = parse_all(lines, datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert isinstance(parsed, Message)
    return parsed, [finding.code for finding in parsed.findings]


def schedule(name):
    lines = (FOLDER / f"{name}.ssim").read_text(encoding="ascii").splitlines()
    return {str(record.flight): record for record in ssim.read(lines) if isinstance(record, LegRecord)}


def test_a_report_of_a_bulletin_ends_at_its_sign_and_the_heading_is_none():
    rows = {row["station"]: row for row in reports("F01_metar_bulletin")}
    assert list(rows) == ["MMMX", "MMUN", "MMMY", "MMGL"]
    said = ("ceiling_ft", "weather", "temperature_c", "dew_point_c", "pressure_hpa")
    assert tuple(rows["MMMX"][name] for name in said) == (8000, None, 12, 8, 1026.4)
    assert tuple(rows["MMUN"][name] for name in said) == (800, "-RA", 25, 24, 1015.6)
    assert f"{rows['MMMX']['observed_at']:%d %H:%M}" == "27 12:43"


def test_a_correction_of_canada_is_the_second_version():
    first, second = reports("F03_metar_cca")
    assert (first["version"], second["version"]) == (1, 2)
    assert (second["visibility_miles"], second["ceiling_ft"]) == (1.5, 800)


def test_an_arrival_behind_the_lines_of_a_provider_is_read_and_the_lines_are_named():
    parsed, codes = message("F04_mva_from_acars", "2026-11-28T01:00")
    assert (parsed.format, str(parsed.flight), parsed.airport, codes) == ("mva", "AM905", "CUN", ["provider_lines"])
    assert [f"{movement.event_type} {movement.event_time:%d %H:%M}" for movement in parsed.movements] == [
        "ON 27 23:20",
        "IN 27 23:27",
    ]


def test_a_placeholder_of_a_registration_is_no_tail():
    parsed, codes = message("F06_registration_placeholder", "2026-11-27T18:00")
    assert (parsed.registration, codes) == (None, ["unknown_registration"])


def test_shared_and_leased_legs_are_operated_here_and_duplicates_are_not():
    legs = schedule("F07_ssim_shared_designator")
    assert {name: leg.is_operated for name, leg in legs.items()} == {
        "AM905": True, "AM2233": True, "AM2235": True, "AM2237": True, "AM5001": False,
    }  # fmt: skip
    assert all(ssim_legs.expand(leg, station_offset) for leg in legs.values())


def test_pallets_and_containers_are_no_seats_and_four_digits_are_doubtful():
    legs = schedule("F09_ssim_configuration")
    assert [leg.seats for leg in legs.values()] == [None, 325, 133, None, 243, 160]
    assert [finding.code for finding in legs["AM27"].findings] == ["doubtful_configuration"]


def test_blanks_inside_tags_lose_neither_delay_nor_passengers():
    parsed, codes = message("F15_spaced_tags", "2026-11-27T18:00")
    assert [(delay.code, delay.minutes) for delay in parsed.delays] == [("93", 10)]
    assert (parsed.passengers, parsed.infants) == (168, 3)
    assert set(codes) == {"spaced_element", "unknown_element"}


def test_one_odd_group_costs_that_group_and_is_named():
    rows = {row["station"]: row for row in reports("F17_metar_one_odd_group")}
    odd = {name: row["findings"] for name, row in rows.items()}
    assert odd == {
        "KCLT": "odd_group:200/07KT", "KGYR": "unknown_station,odd_group:1/0SM", "MDSD": "odd_group:CB/NE/E/W",
        "MMUN": "odd_group:TCU", "ORER": "odd_group:VV//", "KBMI": None,
    }  # fmt: skip
    assert (rows["KCLT"]["wind_kt"], rows["KCLT"]["ceiling_ft"], rows["KGYR"]["temperature_c"]) == (None, 14000, 41)
    assert (rows["KBMI"]["wind_kt"], rows["KBMI"]["version"], rows["KBMI"]["ceiling_ft"]) == (5, 2, 6500)
    assert rows["ORER"]["visibility_miles"] == pytest.approx(0.2485, abs=0.001)


def test_a_ceiling_of_unknown_height_is_not_the_same_as_none():
    found = {row["station"]: (row["has_ceiling"], row["ceiling_ft"]) for row in reports("F18_metar_unknown_ceiling")}
    assert found == {"EGLC": (True, None), "VIDP": (True, None), "LEMD": (False, None)}
