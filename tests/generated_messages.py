# ruff: noqa: E501 - a form is read in one line
"""Weather reports, movement messages and leg records at random, in the forms that senders use: for comparing readers."""

from datetime import date, timedelta
from random import Random

WINDS = (
    "00000KT",
    "VRB03KT",
    "24008KT",
    "24008G18KT",
    "180P99KT",
    "09005MPS",
    "27012G20MPS",
    "31015KT 280V340",
    "/////KT",
    "24036KMH",
)
VISIBILITIES = (
    "9999",
    "CAVOK",
    "4000",
    "0800",
    "4000 0800NE",
    "9999NDV",
    "10SM",
    "P6SM",
    "1 1/2SM",
    "3/4SM",
    "M1/4SM",
    "5SM",
    "////",
)
RUNWAYS = ("", "", "", "R09/0450", "R27L/P1500U", "R05/0600V0800FT")
WEATHERS = ("", "", "", "-RA", "+TSRA", "BR", "FG", "-SHSN BR", "VCTS", "HZ", "FZDZ", "//")
SKIES = (
    "SKC",
    "CLR",
    "NSC",
    "NCD",
    "FEW020",
    "SCT020 BKN080",
    "BKN010CB OVC030",
    "OVC008",
    "VV001",
    "VV///",
    "OVC///",
    "//////CB",
    "BKN300",
)
TEMPERATURES = ("12/08", "M03/M05", "M00/M01", "00/M00", "25/24", "17/", "/////")
PRESSURES = ("Q1013", "Q0998", "A3001", "A2975", "Q////", "A3021 NOSIG")
ENDINGS = ("", "", "NOSIG", "TEMPO 2000 +RA OVC004", "BECMG 24020KT", "RMK AO2 SLP159 T01670011", "RMK 8/570 HZY")


def reports(count: int, seed: int) -> list[str]:
    """Return weather reports of the afternoon of 28 November."""
    chance, found = Random(seed), []
    for number in range(count):
        visibility = chance.choice(VISIBILITIES)
        parts = [chance.choice(WINDS), visibility]
        if visibility != "CAVOK":
            parts += [chance.choice(RUNWAYS), chance.choice(WEATHERS), chance.choice(SKIES)]
        parts += [chance.choice(TEMPERATURES), chance.choice(PRESSURES), chance.choice(ENDINGS)]
        mark = chance.choice(("", "", "AUTO", "COR"))
        said = " ".join(part for part in (mark, *parts) if part)
        kind = chance.choice(("METAR ", "SPECI ", ""))
        found.append(
            f"{kind}{chance.choice(('MMMX', 'KCLT', 'LEMD', 'CYYZ'))} 28{12 + number // 60 % 8:02d}{number % 60:02d}Z {said}"
        )
    return found


def movements(count: int, seed: int) -> list[str]:
    """Return bodies of movement messages of 22 November: departures, arrivals, delays, returns."""
    chance, found = Random(seed), []
    for number in range(count):
        at = chance.randrange(6 * 60, 20 * 60)
        first, second, later = (
            f"{time // 60:02d}{time % 60:02d}" for time in (at, at + chance.randrange(3, 40), at + 180)
        )
        head = f"MVT{chance.choice(('', ' COR'))}\nAM{chance.randrange(1, 3000):04d}/22.{chance.choice(('XAMAZ', 'N183AM', 'XAGOL'))}"
        delay = f"\nDL{chance.choice(('93', '41/62', '81'))}"
        delay += "/0010/0005" if "/" in delay else "/0015"
        people = f"\nPX{chance.randrange(1, 300)}{chance.choice(('', '/3', '/0'))}"
        found.append(head + (
            f".MEX\nAD{first}/{second} EA{later} CUN{delay}{people}\n",
            f".MEX\nAD{first}{people}\nSI CREW LATE\n",
            f".CUN\nAA{first}/{second}\n",
            f".MEX\nED22{later}{delay}\n",
            f".MEX\nRR{first}\n",
            f".MEX\nFR{first}/{second}\n",
            f".CUN\nEA{later} CUN\n",
        )[number % 7])  # fmt: skip
    return found


def leg_records(count: int, seed: int) -> list[str]:
    """Return the lines of a schedule with so many leg records, periods and days at random, each of a flight of its own."""
    chance = Random(seed)
    lines = ["1AIRLINE STANDARD SCHEDULE DATA SET".ljust(194) + "000001"]
    lines.append("2LAM 0008 W26 25OCT2627MAR2720NOV26".ljust(194) + "000002")
    for number in range(count):
        begins = date(2026, 10, 25) + timedelta(days=chance.randrange(100))
        ends = begins + timedelta(days=chance.randrange(50))
        days = "".join(str(day) if chance.random() < 0.7 else " " for day in range(1, 8))
        std = chance.randrange(0, 20 * 60)
        sta = std + 60 + 148
        clock = "".join(2 * (f"{std // 60:02d}{std % 60:02d}",))
        arrival = "".join(2 * (f"{sta // 60 % 24:02d}{sta % 60:02d}",))
        record = f"3 AM {number + 1:4d}0101J{begins:%d%b%y}{ends:%d%b%y}{days}".upper() + chance.choice(
            (" ", " ", " ", "2")
        )
        record += f"MEX{clock}-0600  CUN{arrival}-0500  {chance.choice(('73H', '7M9', 'E90'))}"
        record = record.ljust(148) + chance.choice((" ", " ", "L", "X", "S"))
        record = record.ljust(172) + chance.choice(
            ("J16Y144", "Y99", "F014Y119VVT3M33", "LL05PP11", "F32Y200PP20")
        ).ljust(20)
        lines.append(record + ("01" if sta >= 1440 else "00") + f"{number + 3:06d}")
    lines.append("5 AM".ljust(187) + f"{count + 2:06d}E{count + 3:06d}")
    return lines
