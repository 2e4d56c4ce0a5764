"""A weather report, group by group (WMO FM 15 and 16): an odd group loses only its own value and is named.

Groups are recognised by their form, in any place. Forecasts (after TEMPO, BECMG and similar words) and remarks (after
RMK) are not observations, so they are ignored. One exception are the temperatures in tenths in remarks of American
stations (T01670011), which are used if they agree with the rounded group or if that is missing. Slashes stand for
unknown values. A ceiling of unknown height (OVC///, VV///) counts as a ceiling; it differs from no ceiling, and from a
sky that is not reported.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

KT_OF = {"KT": 1.0, "KTS": 1.0, "MPS": 3600 / 1852, "KMH": 1 / 1.852, "KPH": 1 / 1.852}
METRES_OF_MILE = 1609.344
HPA_OF_INCH = 33.86389
#: The value of visibility groups for ten kilometres and more.
FAR_METRES = 10_000
#: Stations that give two pressures round each, one down to whole hectopascals.
SAME_HPA = 2.0
#: Beyond anything ever measured, by what a group says.
MOST_KT, TEMPERATURES, DEW_POINTS, PRESSURES = 220, (-90, 57), (-90, 38), (850, 1090)

WIND = re.compile(r"([0-9]{3}|VRB|///)(P?[0-9]{2,3}|//)(?:G(P?[0-9]{2,3}|//))?(KTS?|MPS|KMH|KPH)")
CALM = re.compile(r"CALM")
WIND_VARIES = re.compile(r"[0-9]{3}V[0-9]{3}")
METRES = re.compile(r"([0-9]{4})(?:NDV)?")
DIRECTED = re.compile(r"([0-9]{4})(?:N|NE|E|SE|S|SW|W|NW)")
KILOMETRES = re.compile(r"([0-9]{1,2})KM")
MILES = re.compile(r"[PM]?([0-9]{1,2})SM")
FRACTION = re.compile(r"[PM]?(?:([0-9]{1,2})-)?([0-9]{1,2})/([0-9]{1,2})SM")
UNKNOWN_VISIBILITY = ("////", "////SM", "//SM", "////NDV", "VISNO")
RUNWAY = re.compile(
    r"R[0-9]{2}[LCR]{0,2}/(?:(?:[PM]?[0-9]{4}(?:V[PM]?[0-9]{4})?|/{4})(?:FT)?/?[UDN]?|"
    r"[0-9/]{6}|SNOCLO|[0-9]{2}[UDN]?|[UDN]|CLRD(?:[0-9/]{2})?)/?"
)
OF_WEATHER = "MI|PR|BC|DR|BL|SH|TS|FZ|DZ|RA|SN|SG|IC|PL|GR|GS|UP|BR|FG|FU|VA|DU|SA|HZ|PY|PO|SQ|FC|SS|DS"
WEATHER = re.compile(rf"[+-]?(?:VC)?(?:{OF_WEATHER}){{1,5}}")
RECENT = re.compile(rf"RE(?:{OF_WEATHER}|/){{1,5}}/?")
LAYER = re.compile(r"(FEW|SCT|BKN|OVC|VV|///)([0-9]{3}|///)(?:CB|TCU|ACC|AC|SC|ST|CU|CI|NS|///|//)?")
UNKNOWN_SKY = re.compile(r"/{6}(?:CB|TCU|///)?")
NO_CEILING = ("SKC", "CLR", "NSC", "NCD")
CEILINGS = ("BKN", "OVC", "VV")
TEMPERATURE = re.compile(r"([M-]?[0-9]{2}|//|XX|MM)/([M-]?[0-9]{2}|//|XX|MM)?")
QNH = re.compile(r"(?:Q|QNH)([0-9]{3,4})=?")
INCHES = re.compile(r"A([0-9]{4})")
UNKNOWN_PRESSURE = ("Q////", "A////", "QNIL", "ANIL", "QXXXX", "AXXXX")
#: Groups that are known and have no column: automatic stations, runways under snow, the sea.
PASSED_OVER = re.compile(
    r"AUTO|COR|CC[A-Z]|AMD|RTD|NOSIG|NSW|RVRNO|R?/?SNOCLO|\$|//|/+|"
    r"[0-9]{2}[0-9/]{6}|W(?:[0-9]{2}|//)/[SH][0-9/]{1,3}|CAVOK"
)
#: From here on nothing was observed: a trend (military stations begin it with a colour), or remarks; some senders leave
#: RMK out before the first of them.
FORECAST = re.compile(
    r"TEMPO|BECMG|INTER|PROB[0-9]{2}|FM[0-9]{4,6}|BLACK.*|(?:BLU|WHT|GRN|YLO[12]?|AMB|RED)[+/]?.{0,5}|"
    r"RMK.*|AO[12]A?|SLP[0-9]{3}|SLPNO|T[01][0-9]{3}[01][0-9]{3}"
)
#: Air and dew point in tenths of a degree, a one before what is below zero.
TENTHS = re.compile(r"T([01])([0-9]{3})([01])([0-9]{3})")
#: Further from the rounded group they are a mistake.
ROUNDED_BY = 1.0
#: Wind shear on runways: this word and what belongs to it.
SHEAR = "WS"
OF_SHEAR = re.compile(r"ALL|RWY[0-9]{0,2}[LCR]?|R[0-9]{2}[LCR]?|TKOF|LDG|[0-9]{2}[LCR]?")


@dataclass
class Observed:
    """Values of one report: knots, statute miles, feet, degrees Celsius, hectopascals."""

    wind_from: int | None = None
    wind_kt: float | None = None
    gust_kt: float | None = None
    visibility_miles: float | None = None
    weather: list[str] = field(default_factory=list)
    #: Heights of layers that are ceilings, in the order of the report; None where the height is unknown.
    ceilings: list[float | None] = field(default_factory=list)
    is_sky_told: bool = False
    temperature_c: float | None = None
    dew_point_c: float | None = None
    pressure_hpa: float | None = None
    odd: list[str] = field(default_factory=list)
    read: int = 0
    #: Values of groups by kind: the first counts, one that contradicts it is odd.
    kinds_read: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    #: Groups that say that there is no ceiling.
    clear: list[str] = field(default_factory=list)

    @property
    def has_ceiling(self) -> bool | None:
        """True for a ceiling of any height, known or not; None if the sky is not reported."""
        return bool(self.ceilings) if self.ceilings or self.is_sky_told else None

    @property
    def ceiling_ft(self) -> float | None:
        """The height of the lowest ceiling; None if it has none, or an unknown one below the others."""
        # Layers are told from below, so an unknown height after a known one is above it.
        if not self.ceilings or self.ceilings[0] is None:
            return None
        return min(height for height in self.ceilings if height is not None)


def observe(words: list[str]) -> Observed:
    """Read the groups after station and time."""
    observed = Observed()
    words = _joined(words)
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if FORECAST.fullmatch(word):
            _tenths(words[at - 1 :], observed)
            break
        if word == SHEAR:
            while at < len(words) and OF_SHEAR.fullmatch(words[at]):
                at += 1
        elif any(reads(word, observed) for reads in _READERS):
            observed.read += 1
        elif not (PASSED_OVER.fullmatch(word) or WIND_VARIES.fullmatch(word) or RUNWAY.fullmatch(word)):
            observed.odd.append(word)
            if word.startswith(CEILINGS):
                observed.ceilings.append(None)
    if observed.ceilings:
        observed.odd += observed.clear
    return observed


def _tenths(words: list[str], observed: Observed) -> None:
    """Use the temperatures in tenths from the remarks if they agree with the group."""
    tenths_group = next((tenths_group for word in words if (tenths_group := TENTHS.fullmatch(word))), None)
    if tenths_group is None:
        return
    air, dew = (
        int(tenths) / (-10 if sign == "1" else 10)
        for sign, tenths in (tenths_group.groups()[:2], tenths_group.groups()[2:])
    )
    if observed.temperature_c is None or abs(observed.temperature_c - air) <= ROUNDED_BY:
        observed.temperature_c = air
    if observed.dew_point_c is None or abs(observed.dew_point_c - dew) <= ROUNDED_BY:
        observed.dew_point_c = dew


def _joined(words: list[str]) -> list[str]:
    """Join groups that contain a blank (whole miles before a fraction, a unit behind its wind), without punctuation."""
    joined: list[str] = []
    for word in (raw_word.rstrip(",;.") for raw_word in words):
        before = joined[-1] if joined else ""
        if re.fullmatch(r"[0-9]/[0-9]{1,2}SM", word) and re.fullmatch(r"[PM]?[0-9]{1,2}", before):
            joined[-1] = f"{before}-{word}"
        elif word in KT_OF and re.fullmatch(r"(?:[0-9]{3}|VRB)[0-9]{2,3}(?:G[0-9]{2,3})?", before):
            joined[-1] = before + word
        else:
            joined.append(word)
    return joined


def _agrees(observed: Observed, kind: str, *values: float | None, within: float = 0.01) -> bool:
    """Return True if a group is the first of its kind or agrees with it; an unknown value agrees with any."""
    first = observed.kinds_read.setdefault(kind, values)
    pairs = zip(first, values, strict=True)
    return all(earlier is None or value is None or abs(earlier - value) <= within for earlier, value in pairs)


def _wind(word: str, observed: Observed) -> bool:
    match = WIND.fullmatch(word)
    if match is None:
        return False
    direction, *speeds, unit = match.groups()
    wind, gust = (None if not speed or speed == "//" else float(speed.lstrip("P")) * KT_OF[unit] for speed in speeds)
    # Directions are told in tens of degrees, from 010 to 360; 000 is calm.
    if direction.isdigit() and (int(direction) > 360 or int(direction) % 10):
        return False
    if max(wind or 0, gust or 0) > MOST_KT:
        return False
    if wind is not None and gust is not None and gust < wind:
        return False
    wind_from = int(direction) if direction.isdigit() else None
    if "wind" not in observed.kinds_read:
        observed.wind_from, observed.wind_kt, observed.gust_kt = wind_from, wind, gust
    return _agrees(observed, "wind", wind_from, wind, gust)


def _calm(word: str, observed: Observed) -> bool:
    if CALM.fullmatch(word) is None:
        return False
    if "wind" not in observed.kinds_read:
        observed.wind_from, observed.wind_kt = 0, 0.0
    return _agrees(observed, "wind", 0, 0.0, None)


def _visibility(word: str, observed: Observed) -> bool:
    if word in UNKNOWN_VISIBILITY:
        return True
    if word == "CAVOK":
        observed.is_sky_told = True
        observed.clear.append(word)
        miles: float | None = FAR_METRES / METRES_OF_MILE
    else:
        miles = _miles(word)
    if miles is None:
        return False
    # The least visibility and its direction follow the prevailing one; alone, it is what is known.
    if DIRECTED.fullmatch(word):
        if "visibility" not in observed.kinds_read:
            observed.visibility_miles = min(miles, observed.visibility_miles or miles)
    elif "visibility" not in observed.kinds_read:
        observed.visibility_miles = miles
        observed.kinds_read["visibility"] = ()
    # A second visibility in metres is the least one; in miles there is one.
    return not word.endswith("SM") or _agrees(observed, "miles", miles)


def _miles(word: str) -> float | None:
    if match := METRES.fullmatch(word) or DIRECTED.fullmatch(word):
        metres = int(match[1])
        return (FAR_METRES if metres == 9999 else metres) / METRES_OF_MILE
    if match := KILOMETRES.fullmatch(word):
        return int(match[1]) * 1000 / METRES_OF_MILE
    if match := MILES.fullmatch(word):
        return float(match[1])
    if (match := FRACTION.fullmatch(word)) and 0 < int(match[2]) < int(match[3]):
        return int(match[1] or 0) + int(match[2]) / int(match[3])
    return None


def _weather(word: str, observed: Observed) -> bool:
    if RECENT.fullmatch(word):
        return True
    if WEATHER.fullmatch(word) is None:
        return False
    observed.weather.append(word)
    return True


def _sky(word: str, observed: Observed) -> bool:
    if word in NO_CEILING:
        observed.is_sky_told = True
        observed.clear.append(word)
        return True
    if UNKNOWN_SKY.fullmatch(word):
        return True
    match = LAYER.fullmatch(word)
    if match is None:
        return False
    cover, height = match.groups()
    observed.is_sky_told = observed.is_sky_told or cover != "///"
    if cover in CEILINGS:
        observed.ceilings.append(float(height) * 100 if height.isdigit() else None)
    return True


def _temperature(word: str, observed: Observed) -> bool:
    match = TEMPERATURE.fullmatch(word)
    if match is None:
        return False
    air, dew = map(_degrees, match.groups())
    if not (_within(air, TEMPERATURES) and _within(dew, DEW_POINTS)):
        return False
    # Both are rounded, and sensors differ a little in fog.
    if air is not None and dew is not None and dew > air + ROUNDED_BY:
        return False
    if "temperature" not in observed.kinds_read:
        observed.temperature_c, observed.dew_point_c = air, dew
    return _agrees(observed, "temperature", air, dew)


def _degrees(text: str | None) -> float | None:
    if not text or not text[-1].isdigit():
        return None
    degrees = float(text.lstrip("M-"))
    return -degrees if text[0] in "M-" and degrees else degrees


def _pressure(word: str, observed: Observed) -> bool:
    if word in UNKNOWN_PRESSURE:
        return True
    if match := QNH.fullmatch(word):
        pressure = float(match[1])
    elif match := INCHES.fullmatch(word):
        pressure = int(match[1]) / 100 * HPA_OF_INCH
    else:
        return False
    if not _within(pressure, PRESSURES):
        return False
    if "pressure" not in observed.kinds_read:
        observed.pressure_hpa = pressure
    return _agrees(observed, "pressure", pressure, within=SAME_HPA)


def _within(value: float | None, limits: tuple[int, int]) -> bool:
    return value is None or limits[0] <= value <= limits[1]


_READERS: tuple[Callable[[str, Observed], bool], ...] = (
    _wind, _calm, _visibility, _weather, _sky, _temperature, _pressure,
)  # fmt: skip
