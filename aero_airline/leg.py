"""The true state of one leg, before it is reported: schedule, aircraft, movements, passengers."""

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True)
class Leg:
    """One scheduled flight leg of an operating day; instants are whole minutes since 1970-01-01 UTC.

    `out`, `off`, `on`, `in_` belong to the departure that flew; after a return (`RR` to the ramp, `FR` from the air)
    `first_out` and `first_off` hold the attempt before it. `ready` is the time at which the aircraft stands at the
    destination; it is known even if a diverted flight never brought its passengers there.
    """

    carrier: str
    flight_number: int
    leg_sequence: int
    operating_date: date
    origin: str
    destination: str
    tail: str
    aircraft_type: str
    seats: int
    distance_km: float
    std: int
    sta: int
    ready: int = 0
    out: int | None = None
    off: int | None = None
    on: int | None = None
    in_: int | None = None
    returned: str = ""
    first_out: int | None = None
    first_off: int | None = None
    cancellation_code: str = ""
    is_diverted: bool = False
    propagated_minutes: int = 0  #: of the departure delay, what the aircraft brought along
    new_minutes: int = 0  #: the rest; negative if early
    episode: str = ""  #: the kind of episode that held it
    delay_codes: tuple[tuple[str, int], ...] = ()
    demand: int = 0  #: passengers who wanted to fly, unconstrained
    passengers: int = 0

    @property
    def is_cancelled(self) -> bool:
        """True if the leg has a reason of cancellation."""
        return bool(self.cancellation_code)

    @property
    def departure_delay_minutes(self) -> int | None:
        """OUT of the first attempt minus STD."""
        if self.out is None:
            return None
        return (self.out if self.first_out is None else self.first_out) - self.std

    @property
    def arrival_delay_minutes(self) -> int | None:
        """IN minus STA; a diverted leg has none."""
        return None if self.in_ is None or self.is_diverted else self.in_ - self.sta

    @property
    def block_minutes(self) -> int:
        """IN minus OUT of the flight, or the scheduled block time if either is unknown; 0 if cancelled."""
        if self.is_cancelled:
            return 0
        return self.sta - self.std if self.in_ is None or self.out is None else self.in_ - self.out
