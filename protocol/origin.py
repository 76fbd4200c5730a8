"""Where a draw's seed came from, as its receipt tells it: never with a secret."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from . import seed, witness
from .errors import Invalid
from .table import MAX_NAME
from .text import check_line

DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Solo:
    """Made from a day and the person's own secret."""

    date: str
    redraw: int

    def __post_init__(self) -> None:
        _check_day(self.date, self.redraw)

    def remake(self, secret: bytes) -> bytes:
        return seed.solo(secret, self.date, self.redraw)


@dataclass(frozen=True, slots=True)
class AtTable:
    """Made from a day and the secret of the table of that name."""

    name: str
    date: str
    redraw: int

    def __post_init__(self) -> None:
        check_line("the table's name", self.name, MAX_NAME)
        _check_day(self.date, self.redraw)

    def remake(self, secret: bytes) -> bytes:
        return seed.table(secret, self.date, self.redraw)


@dataclass(frozen=True, slots=True)
class Dice:
    """Made from rolls of a six-sided die."""

    rolls: tuple[int, ...]

    def __post_init__(self) -> None:
        seed.dice(self.rolls)

    def remake(self) -> bytes:
        return seed.dice(self.rolls)


@dataclass(frozen=True, slots=True)
class Witness:
    """Made with a friend: the commitment shown first, the r revealed last, a word in between."""

    date: str
    commitment: bytes
    r: bytes
    word: str

    def __post_init__(self) -> None:
        seed.check_date(self.date)
        if len(self.commitment) != DIGEST_BYTES or len(self.r) != witness.NONCE_BYTES:
            raise Invalid("a commitment and its r have 32 bytes each")
        witness.word_digest(self.word)

    def remake(self) -> bytes:
        return witness.seed(self.commitment, self.r, self.word)


@dataclass(frozen=True, slots=True)
class Given:
    """Named by somebody."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Picked at random by the node for this one hand."""


Origin = Solo | AtTable | Dice | Witness | Given | Fresh

KINDS: dict[str, type[Origin]] = {
    "solo": Solo,
    "table": AtTable,
    "dice": Dice,
    "witness": Witness,
    "given": Given,
    "fresh": Fresh,
}


def kind(origin: Origin) -> str:
    return next(word for word, type_ in KINDS.items() if isinstance(origin, type_))


def to_json(origin: Origin) -> dict[str, object]:
    """The origin as JSON values: bytes in hexadecimal."""
    return {"kind": kind(origin), **{name: _write(value) for name, value in asdict(origin).items()}}


def from_json(value: object) -> Origin:
    """The origin that `to_json` wrote; Invalid for anything else."""
    word = value.get("kind") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(word, str) or word not in KINDS:
        raise Invalid("a seed's origin is one of {kinds}", kinds=", ".join(KINDS))
    type_ = KINDS[word]
    names = [field.name for field in fields(type_)]
    if set(value) != {"kind", *names}:
        raise Invalid(
            "the origin {word} has the fields {value}", word=word, value=", ".join(["kind", *names])
        )
    arguments: dict[str, Any] = {name: _read(name, value[name]) for name in names}
    return type_(**arguments)


def _write(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return list(value) if isinstance(value, tuple) else value


def _read(name: str, value: object) -> object:
    if name == "rolls":
        return tuple(value) if isinstance(value, list) else ()
    if name == "redraw":
        return value
    if not isinstance(value, str):
        raise Invalid("an origin's {name} is text", name=name)
    return parse_hex(name, value, DIGEST_BYTES) if name in ("commitment", "r") else value


def parse_hex(name: str, value: object, length: int) -> bytes:
    """`length` bytes from lower-case hexadecimal; Invalid for anything else."""
    if isinstance(value, str):
        try:
            parsed = bytes.fromhex(value)
        except ValueError:
            parsed = b""
        if len(parsed) == length and parsed.hex() == value:
            return parsed
    raise Invalid("{name} is {value} hexadecimal digits", name=name, value=2 * length)


def _check_day(date: str, redraw: object) -> None:
    seed.check_date(date)
    if type(redraw) is not int or not 0 <= redraw <= seed.MAX_REDRAW:
        raise Invalid("redraws count from 0 to {max_redraw}", max_redraw=seed.MAX_REDRAW)
