# ruff: noqa: E501 - a reason is read in one line
"""Other readers of the same formats: their results in our terms, and the reasons for each difference.

Each adapter gives the fields that both sides know. A difference that no explanation covers is a failure of the sweep;
the explanations stand in `docs/formats.md` for people.
"""

import builtins
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from avwx import Metar as Avwx
from metar.Metar import Metar, ParserError
from metar_taf_parser.parser.parser import MetarParser
from mvt_parser import MVTParser

from aero_assets.defs.typed.metar_groups import HPA_OF_INCH, KT_OF, METRES_OF_MILE
from aero_assets.defs.typed.metar_lines import values_of
from aero_assets.zones import station_offset
from aero_ingest import ssim, ssim_legs
from aero_ingest.message import IN, OFF, ON, OUT
from aero_ingest.messages import parse
from aero_ingest.ssim_records import LegRecord

# ssim-parser 1.1.0 names Iterator without importing it; newer interpreters than ours do not mind.
builtins.Iterator = Iterator  # ty: ignore[missing-attribute]
from ssim_parser import SsimParser, expand_flights  # noqa: E402

del builtins.Iterator  # ty: ignore[missing-attribute]

NOW, MESSAGES_AT = datetime(2026, 11, 28, 23), datetime(2026, 11, 22, 23, tzinfo=UTC)  # noqa: DTZ001 - as the typed zone
Said = dict[str, Any]
#: Tolerances of figures that were rounded on the way: knots from metres a second, miles from metres, hectopascals.
ROUNDED = {"wind": 0.6, "gust": 0.6, "visibility": 0.02, "pressure": 0.6}

#: Reader, field, a pattern that the text matches wherever they differ, and why. The same reasons as in docs/formats.md.
EXPLAINED: tuple[tuple[str, str, str, str], ...] = (
    (
        "avwx",
        "wind",
        r"24036KMH|27012G20MPS|09005MPS|P99KT",
        "its units are those of the whole report, or it knows no limit",
    ),
    ("avwx", "gust", r"KMH|MPS", "its units are those of the whole report"),
    ("avwx", "direction", r"/////KT M1/4SM", "it takes the visibility for a temperature"),
    (
        "avwx",
        "visibility",
        r" [PM][0-9/]+SM| 1 1/2SM|CAVOK| //// |///// |NDV|NE ",
        "limits (P6SM, M1/4SM) are no figures to it",
    ),
    ("avwx", "temperature", r" 17/ |///// .*T0167", "a temperature without dew point, or in remarks, is none to it"),
    ("avwx", "dew_point", r" 17/ |///// .*T0167", "as the temperature"),
    ("mivek", "wind", r"KMH|P99KT", "kilometres an hour are knots to it; it knows no limit"),
    ("mivek", "direction", r"P99KT", "it knows no limit of a wind"),
    ("mivek", "temperature", r" 17/ |///// .*T0167", "a temperature without dew point, or in remarks, is none to it"),
    ("mivek", "dew_point", r"T0167", "remarks say nothing to it"),
    ("mivek", "has_ceiling", r"VV///", "a vertical visibility that is unknown is no ceiling to it"),
    ("metar", "temperature", r"T01670011", "tenths of remarks count to it, however far from the group"),
    ("metar", "dew_point", r"T01670011", "as the temperature"),
    ("metar", "visibility", r" //// ", "an unknown visibility is ten kilometres to it"),
    ("metar", "refused", r".", "a group that it does not know costs the report"),
    ("ssim-parser", "dates", r"^.{35}2", "it expands every week what flies every second"),
)


def metar_ours(text: str) -> Said:
    """Read a report with the product's parser."""
    row = values_of(text, NOW)
    names = {
        "direction": "WIND_FROM_DEGREES", "wind": "WIND_KT", "gust": "GUST_KT", "visibility": "VISIBILITY_MILES",
        "ceiling": "CEILING_FT", "temperature": "TEMPERATURE_C", "dew_point": "DEW_POINT_C", "pressure": "PRESSURE_HPA",
    }  # fmt: skip
    values: Said = {ours: None if (value := row[name]) is None else float(value) for ours, name in names.items()}
    return values | {"has_ceiling": row["HAS_CEILING"] == "true"}


def metar_avwx(text: str) -> Said:
    """Read a report with avwx-engine."""
    report = Avwx.from_report(text, issued=date(2026, 11, 28))
    data, units = (report.data, report.units) if report else (None, None)
    if data is None or units is None:
        raise ValueError("it says nothing of the report")
    knots = {"kt": 1.0, "m/s": KT_OF["MPS"], "km/h": KT_OF["KMH"]}[units.wind_speed]
    far, inches = units.visibility == "m", units.altimeter == "inHg"
    heights = [cloud.base for cloud in data.clouds if cloud.type in ("BKN", "OVC", "VV")]
    visibility, pressure = _number(data.visibility), _number(data.altimeter)
    return {
        "direction": _number(data.wind_direction),
        "wind": _times(_number(data.wind_speed), knots),
        "gust": _times(_number(data.wind_gust), knots),
        "visibility": _times(10_000 if visibility == 9999 else visibility, 1 / METRES_OF_MILE) if far else visibility,
        "ceiling": _times(min((height for height in heights if height is not None), default=None), 100),
        "has_ceiling": bool(heights),
        "temperature": _number(data.temperature),
        "dew_point": _number(data.dewpoint),
        "pressure": _times(pressure, HPA_OF_INCH) if inches else pressure,
    }


def metar_mivek(text: str) -> Said:
    """Read a report with metar-taf-parser-mivek."""
    report = MetarParser().parse(text.removeprefix("METAR ").removeprefix("SPECI "))
    wind = report.wind
    knots = KT_OF.get(wind.unit, 1.0) if wind else 1.0
    layers = [cloud for cloud in report.clouds if cloud.quantity.name in ("BKN", "OVC")]
    heights = [cloud.height for cloud in layers if cloud.height is not None]
    heights += [report.vertical_visibility] if report.vertical_visibility is not None else []
    return {
        "direction": wind.degrees if wind else None,
        "wind": _times(wind.speed if wind else None, knots),
        "gust": _times(wind.gust if wind else None, knots),
        "visibility": _distance(report.visibility),
        "ceiling": min(heights, default=None),
        "has_ceiling": bool(layers or report.vertical_visibility is not None),
        "temperature": report.temperature,
        "dew_point": report.dew_point,
        "pressure": report.altimeter,
    }


def metar_library(text: str) -> Said:
    """Read a report with the `metar` library."""
    try:
        report = Metar(text, month=11, year=2026, strict=True)
    except ParserError as error:
        raise ValueError(str(error)) from error
    heights = [height.value("FT") for cover, height, _ in report.sky if height and cover in ("BKN", "OVC", "VV")]
    return {
        "direction": report.wind_dir and report.wind_dir.value(),
        "wind": report.wind_speed and report.wind_speed.value("KT"),
        "gust": report.wind_gust and report.wind_gust.value("KT"),
        "visibility": report.vis and report.vis.value("SM"),
        "ceiling": min(heights, default=None),
        "has_ceiling": any(cover in ("BKN", "OVC", "VV") for cover, _, _ in report.sky),
        "temperature": report.temp and report.temp.value("C"),
        "dew_point": report.dewpt and report.dewpt.value("C"),
        "pressure": report.press and report.press.value("HPA"),
    }


def mvt_ours(text: str) -> Said:
    """Read a movement message with the product's parser, in the terms of mvt-parser: clock times and codes as sent."""
    message = parse(text, MESSAGES_AT)
    times = {(movement.event_type, movement.estimated): f"{movement.event_time:%H%M}" for movement in message.movements}
    returned = [movement for movement in message.movements if movement.event_type.endswith(("_return", "_to_ramp"))]
    return {
        "flight": str(message.flight), "registration": message.registration, "airport": message.airport,
        "departure": (times.get((OUT, False)), times.get((OFF, False))),
        "arrival": (times.get((ON, False)), times.get((IN, False))),
        "estimates": (times.get((OUT, True)), times.get((ON, True))),
        "returned": [f"{movement.event_time:%H%M}" for movement in returned],
        "delays": [(delay.code, delay.minutes) for delay in message.delays],
        "people": (message.passengers, message.infants), "correction": message.is_correction,
        "supplement": message.supplement,
    }  # fmt: skip


def mvt_parser(text: str) -> Said:
    """Read a movement message with mvt-parser."""
    message = MVTParser().parse(text)
    returned = [movement for movement in (message.return_to_ramp, message.return_from_airborne) if movement]
    people = message.passenger_info
    return {
        "flight": re.sub(r"(?<=^AM)0+", "", message.flight_number), "registration": message.aircraft_registration,
        "airport": message.airport_of_movement, "departure": _pair(message.actual_departure), "arrival": _pair(message.actual_arrival),
        "estimates": (_clock(message.estimated_departure), _clock(message.estimated_arrival)),
        "returned": [_clock(movement) for movement in returned],
        "delays": [
            (code, 60 * int(spent[:2]) + int(spent[2:]))
            for delay in message.delays for code, spent in zip(delay.reason_codes, delay.durations, strict=True)
        ],
        "people": (people.total, people.infants) if people else (None, None), "correction": message.is_correction,
        "supplement": "\n".join(message.supplementary_info or []) or None,
    }  # fmt: skip


def ssim_ours(lines: list[str]) -> dict[str, Said]:
    """Read the leg records of a file with the product's parser; returns them by flight."""
    legs_of = {}
    for record in ssim.read(lines):
        if isinstance(record, LegRecord):
            legs = ssim_legs.expand(record, station_offset)
            legs_of[f"{record.flight.carrier}{record.flight.number}"] = {
                "route": f"{record.origin}-{record.destination}", "type": record.aircraft_type,
                "clocks": (record.std_minute, record.sta_minute), "period": (record.valid_from, record.valid_to),
                "configuration": record.configuration, "disclosure": record.disclosure or None,
                "dates": [f"{leg.operating_date}" for leg in legs],
            }  # fmt: skip
    return legs_of


def ssim_parser(lines: list[str]) -> dict[str, Said]:
    """Read the leg records of a file with ssim-parser; returns them by flight."""
    data = SsimParser().parse_lines(lines)
    dates: dict[str, list[str]] = {}
    for flight in expand_flights(data):
        dates.setdefault(f"{flight['airline']}{int(flight['flight_number'])}", []).append(flight["date"])
    return {
        (name := f"{leg.airline_designator}{int(leg.flight_number)}"): {
            "route": f"{leg.departure_station}-{leg.arrival_station}", "type": leg.aircraft_type,
            "clocks": tuple(60 * clock.hour + clock.minute for clock in (leg.aircraft_std, leg.aircraft_sta) if clock),
            "period": (leg.operation_start_date, leg.operation_end_date),
            "configuration": leg.aircraft_config_version, "disclosure": leg.code_share_type,
            "dates": dates.get(name, []),
        }
        for leg in data.flight_legs
    }  # fmt: skip


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return the fields in which two readers differ by more than rounding."""
    return [name for name in ours if not _same(name, ours[name], theirs[name])]


def explained(reader: str, field: str, text: str) -> str | None:
    """Return why another reader says otherwise of a text, None if nobody knows."""
    return next(
        (
            why
            for other_reader, other_field, form, why in EXPLAINED
            if (other_reader, other_field) == (reader, field) and re.search(form, text)
        ),
        None,
    )


def _same(name: str, first: object, other: object) -> bool:
    if isinstance(first, float | int) and isinstance(other, float | int) and not isinstance(first, bool):
        return abs(first - other) <= ROUNDED.get(name, 0.01)
    return first == other


def _number(value: Any) -> float | None:  # noqa: ANN401 - numbers of another library
    return None if value is None or value.value is None else float(value.value)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _clock(time: Any) -> str | None:  # noqa: ANN401 - a time of another library, or its text
    return getattr(time, "primary", time)[-4:] if time else None


def _pair(times: Any) -> tuple[str | None, str | None]:  # noqa: ANN401 - times of another library
    return (times.primary, times.secondary) if times else (None, None)


def _distance(visibility: Any) -> float | None:  # noqa: ANN401 - a distance of another library
    if visibility is None or visibility.distance is None:
        return None
    text = re.sub(r"[<>PM ]+(?=[0-9])", lambda match: " " if match[0] == " " else "", f"{visibility.distance}").strip()
    figure = sum(float(top) / float(bottom or 1) for top, _, bottom in (part.partition("/") for part in text.split()))
    unit = str(visibility.unit).rpartition(".")[2].upper()
    return figure if "SM" in unit else figure * {"KM": 1000, "M": 1}.get(unit, 1) / METRES_OF_MILE
