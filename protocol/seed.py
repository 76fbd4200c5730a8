"""Where the 32 bytes that decide a draw come from: a day and a secret, or dice.

(A seed made with a friend is in witness.py. Which kinds of draw there are, each with its seed, is
origin.py.)
"""

import re
from collections.abc import Sequence
from hashlib import blake2b

from .errors import Invalid

SEED_BYTES = 32
SECRET_BYTES = 32
MAX_REDRAW = 2**32 - 1
MAX_ROLLS = 1000

_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_SPARE_BITS = 7  # beyond log2(events): no event is then favoured by 1 % or more


def solo(secret: bytes, date: str, redraw: int = 0) -> bytes:
    """The seed of a person's hand of a day; `date` is ISO (2027-03-01), `redraw` counts from 0."""
    return _of_day(secret, date, redraw, b"potluck.solo")


def table(secret: bytes, date: str, redraw: int = 0) -> bytes:
    """The seed that everyone who holds a table's secret has on that table's date."""
    return _of_day(secret, date, redraw, b"potluck.table")


def dice(rolls: Sequence[int]) -> bytes:
    """The seed of rolls of a six-sided die; see `rolls_needed` for how many are enough."""
    shown = all(type(roll) is int and 1 <= roll <= 6 for roll in rolls)
    if not 1 <= len(rolls) <= MAX_ROLLS or not shown:
        raise Invalid("rolls are 1 to {max_rolls} numbers from 1 to 6", max_rolls=MAX_ROLLS)
    joined = " ".join(str(roll) for roll in rolls)
    return blake2b(joined.encode(), digest_size=SEED_BYTES, person=b"potluck.dice").digest()


def rolls_needed(events: int) -> int:
    """How many rolls carry at least log2(events) + 7 bits: the smallest k, 6^k >= events * 2^7."""
    rolls = 1
    while 6**rolls < events << _SPARE_BITS:
        rolls += 1
    return rolls


def commitment(seed: bytes) -> bytes:
    """The commitment (32 bytes) that is published before the seed itself is."""
    return blake2b(seed, digest_size=SEED_BYTES, person=b"potluck.reveal").digest()


def check_date(date: object) -> str:
    """An ISO date; else Invalid. (Whether that month has a 31st is the caller's to know.)"""
    if type(date) is not str or not _DATE.fullmatch(date):
        raise Invalid("a date is written as 2027-03-01")
    return date


def _of_day(secret: bytes, date: str, redraw: int, person: bytes) -> bytes:
    if type(secret) is not bytes or len(secret) != SECRET_BYTES:
        raise Invalid("a secret has {secret_bytes} bytes", secret_bytes=SECRET_BYTES)
    if type(redraw) is not int or not 0 <= redraw <= MAX_REDRAW:
        raise Invalid("redraws count from 0 to {max_redraw}", max_redraw=MAX_REDRAW)
    item = check_date(date).encode() + redraw.to_bytes(4, "big")
    return blake2b(item, digest_size=SEED_BYTES, key=secret, person=person).digest()
