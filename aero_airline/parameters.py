"""Every figure with which the synthetic airline is calibrated, in one place; all of it is *datos sintéticos*.

Marks: [V] a public fact that was verified, [K] common knowledge of the trade, [A] our assumption, tuned so that the
totals lie in the public ranges. Nothing here is the data of any airline. Amounts are USD, distances km.
"""

from typing import NamedTuple

from aero_streaming.airline import airline

DATA_LABEL = "datos sintéticos"
#: Target for arrivals on time (A14) of every route, the airline's figure of a good year rounded down [A].
PUNCTUALITY_TARGET_PERCENT = 88
#: The airline that it resembles; regional aircraft fly under their own code [K].
MAINLINE, REGIONAL, BASE = airline().mainline, airline().regional, airline().base
HOME, CURRENCY = airline().country, airline().currency


class AircraftType(NamedTuple):
    """One subfleet and its costs per hour and per departure."""

    code: str
    count: int  #: aircraft in the fleet
    seats: int
    wide: bool
    burn_kg_per_block_hour: float
    turn_domestic_minutes: int  #: planned turn
    turn_international_minutes: int
    minimum_ground_minutes: int  #: the shortest turn that can be worked
    crew_usd_per_block_hour: float
    maintenance_usd_per_block_hour: float
    ownership_usd_per_block_hour: float
    take_off_tonnes: float
    handling_usd_per_departure: float


#: Counts and seats [V] (787 and E190 split [A], 789 layout [K]), burn, turns and cost per block hour [A], take-off
#: mass [K]. Crew, maintenance and ownership together are 2 900, 3 400 and 7 500 USD per block hour.
FLEET = (
    AircraftType("E90", 39, 99, False, 1_850, 40, 45, 34, 1_050, 950, 900, 50, 620),
    AircraftType("738", 34, 160, False, 2_450, 50, 60, 44, 1_300, 1_150, 950, 77, 900),
    AircraftType("7M8", 41, 166, False, 2_150, 50, 60, 44, 1_300, 900, 1_200, 81, 900),
    AircraftType("7M9", 25, 181, False, 2_300, 50, 60, 44, 1_300, 900, 1_200, 86, 930),
    AircraftType("788", 8, 243, True, 4_900, 110, 130, 85, 2_600, 2_100, 2_800, 220, 3_900),
    AircraftType("789", 14, 274, True, 5_400, 110, 130, 85, 2_600, 2_100, 2_800, 245, 4_100),
)
TYPES = {kind.code: kind for kind in FLEET}
#: Share of each subfleet in maintenance or held as spare on any day [A].
NOT_FLYING_SHARE = 0.10

# -- schedule: minutes of the day at the base [A] ------------------------------------------------------------------
FIRST_DEPARTURE_MINUTE = 6 * 60
LAST_WANTED_MINUTE = 21 * 60 + 45
LAST_ARRIVAL_MINUTE = 24 * 60
NIGHT_STOP_OUT_MINUTE, NIGHT_STOP_BACK_MINUTE = 20 * 60 + 30, 30 * 60 + 15
RED_EYE_OUT_MINUTE, RED_EYE_BACK_LOCAL_MINUTE = 19 * 60 + 30, 23 * 60 + 45
#: A round trip moves up to this much from its ideal time to follow or precede another without idle time: tight lines.
PULL_MINUTES = 100

# -- block time: scheduled minutes = constant + per km x distance [A] ---------------------------------------------
BLOCK_NARROW, BLOCK_WIDE = (38.5, 0.0752), (42.6, 0.0704)
#: Eastbound is shorter and westbound longer by this share of the block (narrow-bodies, long haul) [A].
WIND_NARROW, WIND_WIDE = 0.04, 0.08
#: The schedule holds this much more than the mean flight: it is set at about the 70th percentile [V range, A value].
BLOCK_PAD_MINUTES, BLOCK_PAD_SHARE = 1.3, 0.006
AIR_NOISE_MINUTES, AIR_NOISE_SHARE = 3.2, 0.014
#: The most minutes that a late flight makes up in the air.
RECOVERED_MINUTES, RECOVERED_SHARE = 5.0, 0.02
TAXI_OUT_BASE, TAXI_OUT_OTHER = (18.5, 3.2), (11.5, 2.2)  # mean, deviation: 17-22 and 10-14 minutes [A]
TAXI_IN_BASE, TAXI_IN_OTHER = (8.8, 1.6), (5.6, 1.2)

# -- new delay at the gate, a mixture (recipe [A], weights and scales tuned) ---------------------------------------
PUNCTUAL = (-3.8, 3.4)  # normal: mean, deviation
SMALL_SHARE, SMALL_MEAN = 0.15, 8.0  # exponential
LARGE_SHARE, LARGE_MEDIAN, LARGE_SIGMA = 0.034, 28.0, 0.60  # lognormal
HUGE_SHARE, HUGE_FROM, HUGE_MEAN = 0.0045, 120.0, 50.0
EARLIEST_MINUTES, LATEST_NEW_MINUTES = -12, 420
#: Factor on the shares of the three late parts by local hour of departure: mornings +3 points, 17-21 h -6 points.
HOUR_FACTOR = (*(0.72,) * 10, *(1.0,) * 7, *(1.65,) * 5, *(1.1,) * 2)
#: The same for days when everybody travels.
PEAK_DELAY_FACTOR = 1.35

# -- weather and flow: probability per day, share of departures hit, mean minutes -----------------------------------
STORM_PROBABILITY = 0.42  # at the base, June to September, 15-20 h [A]
STORM_HIT_SHARE, STORM_MEAN_MINUTES, STORM_TAXI_MINUTES = 0.34, 19.0, 8.0
FOG_AIRPORTS = ("TIJ", "MTY")  # whoever flies there
FOG_PROBABILITY = 0.16  # November to February, 05-09 h [A]
FOG_HIT_SHARE, FOG_MEAN_MINUTES = 0.60, 38.0
ASH_PROBABILITY = 2.5 / 365  # Popocatépetl closes the base for hours, 2 to 3 days a year [K]
ASH_HIT_SHARE, ASH_MEAN_MINUTES = 0.65, 55.0
CANCELLED_SHARE = 0.0022  # of round trips, base 0.2-0.4 % of legs [A]
CANCELLED_IN = {"storm": 0.008, "fog": 0.05, "ash": 0.08, "strike": 0.45}
DIVERTED_SHARE = 0.0015
DIVERTED_FACTOR = {"storm": 4.0, "fog": 10.0, "ash": 6.0, "strike": 1.0}
DIVERTED_REACHES_SHARE = 0.7  # flies on to where it was going, hours late
RETURN_TO_RAMP_SHARE, AIR_RETURN_SHARE = 0.001, 0.0002

# -- demand ----------------------------------------------------------------------------------------------------------
DEMAND_VARIATION = 0.28  # K: deviation over mean of the unconstrained demand of a leg [K]
#: Monday to Sunday; January to December.
DEMAND_BY_WEEKDAY = (1.01, 0.95, 0.97, 1.01, 1.07, 0.95, 1.04)
DEMAND_BY_MONTH = (0.97, 0.95, 0.99, 1.00, 0.97, 1.01, 1.05, 1.03, 0.94, 0.97, 0.99, 1.04)
PEAK_DEMAND_FACTOR = 1.12
#: Booked share at d days before departure is exp(-(d / scale) ^ shape), by market [A]: business late, leisure early.
BOOKING_CURVE = {
    "business": (11.0, 0.85),
    "mixed": (22.0, 0.90),
    "leisure": (38.0, 1.05),
    "long_haul": (58.0, 1.10),
}
SNAPSHOT_DAYS = (180, 120, 90, 75, 60, 45, 35, 28, 21, 14, 10, 7, 5, 3, 2, 1, 0)
#: A fare bought d days ahead, relative to one bought on the day: 1 - depth x (1 - exp(-d / 14)).
FARE_DEPTH = {"business": 0.50, "mixed": 0.45, "leisure": 0.38, "long_haul": 0.34}

# -- money, USD ------------------------------------------------------------------------------------------------------
FARE_CONSTANT, FARE_PER_KM, FARE_EXPONENT = 40.0, 0.362, 0.84
FARE_FACTOR = {"business": 1.18, "mixed": 1.0, "leisure": 0.88, "long_haul": 1.04}
FARE_NOISE = 0.07
ANCILLARY_CONSTANT, ANCILLARY_PER_KM = 9.0, 0.0042
CARGO_USD_PER_TONNE_KM, CARGO_TONNES_NARROW, CARGO_TONNES_WIDE = 0.28, 0.9, 8.5
#: Pass-through, never revenue: airport fee of a departure at home (domestic, international) and abroad, VAT [K/A].
TUA_DOMESTIC_USD, TUA_INTERNATIONAL_USD = 32.0, 60.0
IVA_DOMESTIC, IVA_INTERNATIONAL = 0.16, 0.04
FUEL_USD_PER_KG = 0.66 / 0.80  # 0.66 USD per litre [V], 0.80 kg per litre [K]
LANDING_USD_PER_TONNE, LANDING_FACTOR_ABROAD = 5.4, 1.45
NAVIGATION_USD_PER_100_KM = 6.2  # x square root of (tonnes / 50), the usual form of the charge [K]
PASSENGER_USD, PASSENGER_USD_PER_KM = 12.0, 0.0065
OVERHEAD_USD_PER_ASK = 0.0046
DIVERSION_HANDLING_FACTOR = 2.0

# -- surveys ---------------------------------------------------------------------------------------------------------
RESPONSE_SHARE = 0.02
SATISFACTION_MEAN, SATISFACTION_DEVIATION = 8.85, 1.95
#: Points lost by minutes of arrival delay (at, points); between them linear.
SATISFACTION_LOSS = ((0, 0.0), (15, 0.35), (60, 1.7), (180, 3.6), (360, 4.8))
PREMIUM_SHARE, PREMIUM_POINTS = 0.12, 0.35

# -- faults of what is sent (recipe [A]) -----------------------------------------------------------------------------
DUPLICATE_SHARE, OUT_OF_ORDER_SHARE, CORRECTED_SHARE = 0.02, 0.03, 0.01
NO_ARRIVAL_SHARE, WRONG_TAIL_SHARE, RECODED_SHARE = 0.005, 0.003, 0.08
GARBLED_SHARE = 0.003
#: Of the legs that fly, called off and then flown after all [A].
REINSTATED_SHARE = 0.001
#: Minutes until the sender corrects an arrival time or a tail; how much later an event that is out of order comes, and
#: the second copy of one that is sent twice [A].
CORRECTED_AFTER_MINUTES, OUT_OF_ORDER_MINUTES, REPEATED_AFTER_MINUTES = (10, 180), (5, 90), (0, 10)
