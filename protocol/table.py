"""A table: people who share a secret and are dealt the same hand on the same day."""

import math
import re
from dataclasses import dataclass, field

from . import seed
from .errors import Invalid
from .text import check_line, check_time_zone

MAX_NAME = 64
MAX_KM = 20_040  # half way round the Earth
MAX_DAYS = 366
MAX_HAND = 50
DEGREE_DIGITS = 5  # about a metre
KM_DIGITS = 3

# A fact of the mixing model: with fewer people a card, evenings are wasted on near-empty events.
PEOPLE_PER_CARD = 4.5


@dataclass(frozen=True, slots=True)
class Table:
    """What everyone at the table shares; degrees of WGS 84, kilometres, days from the table's date.

    Numbers have at most 5 (degrees) or 3 (km) digits after the point, so that the link says
    exactly what is held.
    """

    name: str
    secret: bytes = field(repr=False)
    tz: str
    lat: float
    lon: float
    km: float
    days: int
    hand: int = 5

    def __post_init__(self) -> None:
        check_line("the table's name", self.name, MAX_NAME)
        if type(self.secret) is not bytes or len(self.secret) != seed.SECRET_BYTES:
            raise Invalid(
                "a table's secret has {secret_bytes} bytes", secret_bytes=seed.SECRET_BYTES
            )
        check_time_zone("the table's time zone", self.tz)
        _check_number("lat", self.lat, -90, 90, DEGREE_DIGITS)
        _check_number("lon", self.lon, -180, 180, DEGREE_DIGITS)
        _check_number("km", self.km, 0.001, MAX_KM, KM_DIGITS)
        _check_count("days", self.days, MAX_DAYS)
        _check_count("hand", self.hand, MAX_HAND)

    def seed(self, date: str, redraw: int = 0) -> bytes:
        """The seed of the table's hand on its local `date` (ISO)."""
        return seed.table(self.secret, date, redraw)


def waits(revision: int, issued_at: int, midnight: int) -> bool:
    """Whether a table leaves an event out until the next day, for those who looked early.

    `revision` and `issued_at` are those held of its register; `midnight` is 00:00 of the table's
    date in its time zone (UTC seconds).
    """
    return revision == 0 and issued_at >= midnight


def people_needed(hand: int, share_who_look: float) -> int:
    """Advice on size: the people at a table of `hand` cards if that share of them looks each day.

    People at the table x share who look / hand >= 4.5 kept wasted evenings at 5 % or less in the
    mixing model.
    """
    if hand < 1 or not 0 < share_who_look <= 1:
        raise Invalid("a hand has at least one card, and more than none to all of the people look")
    return math.ceil(PEOPLE_PER_CARD * hand / share_who_look)


def format_number(number: float) -> str:
    """The one decimal text of a table's number: no exponent, needless zeros or negative zero."""
    text = f"{number:.{DEGREE_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def parse_number(text: str) -> float:
    """The number that `format_number` wrote; Invalid for any other way to write one."""
    decimal = re.fullmatch(r"-?\d{1,5}(?:\.\d{1,5})?", text, re.ASCII)
    if decimal and format_number(float(text)) == text:
        return float(text)
    raise Invalid("{text} is not a plain decimal number", text=text)


def _check_number(name: str, value: object, low: float, high: float, digits: int) -> None:
    if type(value) not in (int, float) or not low <= value <= high:  # type: ignore[operator]
        raise Invalid(
            "a table's {name} is a number from {low:g} to {high:g}", name=name, low=low, high=high
        )
    if round(value, digits) != value:  # type: ignore[call-overload]
        raise Invalid(
            "a table's {name} has at most {digits} digits after the point", name=name, digits=digits
        )


def _check_count(name: str, value: object, high: int) -> None:
    if type(value) is not int or not 1 <= value <= high:
        raise Invalid("a table's {name} is a whole number from 1 to {high}", name=name, high=high)
