"""Where the seed of a hand comes from: the day, a table, a number named, chance, or dice.

Each way gives the seed with the origin that a receipt names. (A friend's word: see witness.py.)
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from potluck.node.errors import Unfit
from potluck.protocol import seed
from potluck.protocol.candidate import count_events
from potluck.protocol.errors import Invalid, Refused
from potluck.protocol.origin import AtTable, Dice, Fresh, Given, Origin, Solo
from potluck.protocol.table import Table

from .candidates import Deck


@dataclass(frozen=True, slots=True)
class Seed:
    """32 bytes, and where they come from."""

    value: bytes
    origin: Origin


def of_day(secret: bytes, day: str, redraw: int) -> Seed:
    """The seed of one's own hand of a day (ISO)."""
    return Seed(seed.solo(secret, day, redraw), Solo(day, redraw))


def of_table(table: Table, day: str, redraw: int) -> Seed:
    """The seed of a table's hand of a day (ISO)."""
    return Seed(table.seed(day, redraw), AtTable(table.name, day, redraw))


def fresh() -> Seed:
    """A new random seed."""
    return Seed(secrets.token_bytes(seed.SEED_BYTES), Fresh())


def given(text: str) -> Seed:
    """A seed written as 64 hexadecimal digits. Raises Unfit."""
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != seed.SEED_BYTES:
        raise Unfit("seed", "a seed is 64 hexadecimal digits")
    return Seed(value, Given())


def from_dice(rolls: Sequence[int], deck: Deck) -> Seed:
    """A seed from rolls of a die. Raises Unfit, Refused for too few."""
    try:
        origin = Dice(tuple(rolls))
    except Invalid as error:
        raise Unfit("dice", error.message) from None
    needed = rolls_needed(deck)
    if len(rolls) < needed:
        raise Refused(
            "{rolls} of the {needed} rolls that are needed here; roll {more} more",
            rolls=len(rolls),
            needed=needed,
            more=needed - len(rolls),
        )
    return Seed(origin.remake(), origin)


def rolls_needed(deck: Deck) -> int:
    """How many rolls of a die are enough for this deck."""
    return seed.rolls_needed(max(open_events(deck), 1))


def open_events(deck: Deck) -> int:
    """How many events may be dealt, by wild cards too."""
    return count_events((*deck.candidates, *deck.others))
