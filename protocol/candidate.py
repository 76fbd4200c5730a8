"""Candidates: events that may be dealt, who each counts for, and what counts as the same event."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .errors import Invalid

MAX_SLOT = 2**64 - 1


def who(host: bytes, source: str | None) -> bytes:
    """The organiser that an event counts for: its host or, if it is imported, its source."""
    return b"\0" + host if source is None else b"\1" + source.encode() + b"\0"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be dealt: its register (host, slot), announcement id, series and source.

    `host` and `id` have 32 bytes, `slot` is a u64; `source` is the source id of an imported event.
    Candidates of several importers may be versions of one event.
    """

    host: bytes
    slot: int
    id: bytes
    series: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if len(self.host) != 32 or len(self.id) != 32:
            raise Invalid("a candidate's host and id have 32 bytes each")
        if not 0 <= self.slot <= MAX_SLOT:
            raise Invalid("a candidate's slot is an unsigned 64-bit number")

    @property
    def register(self) -> bytes:
        return self.host + self.slot.to_bytes(8, "big")

    @property
    def who(self) -> bytes:
        return who(self.host, self.source)

    @property
    def event(self) -> bytes:
        """who + slot: the item of the event, whoever brings it."""
        return event_item(who(self.host, self.source), self)

    @property
    def series_item(self) -> bytes:
        """The item of its series; an event without series is a series of its own."""
        return series_item(who(self.host, self.source), self)


def event_item(organiser: bytes, candidate: Candidate) -> bytes:
    """`candidate.event`, for one who has its organiser at hand."""
    return organiser + candidate.slot.to_bytes(8, "big")


def series_item(organiser: bytes, candidate: Candidate) -> bytes:
    """`candidate.series_item`, for one who has its organiser at hand."""
    if candidate.series is None:
        return organiser + b"\0" + candidate.slot.to_bytes(8, "big")
    return organiser + b"\1" + candidate.series.encode()


def count_events(candidates: Iterable[Candidate]) -> int:
    """How many different events there are, whoever brings them."""
    return len({candidate.event for candidate in candidates})


def leave_out(candidates: Iterable[Candidate], shown: AbstractSet[bytes]) -> list[Candidate]:
    """The candidates whose event is not in `shown`: what redraws and the shuffle bag deal from."""
    return [candidate for candidate in candidates if candidate.event not in shown]


def unseen(
    candidates: Collection[Candidate], bag: AbstractSet[bytes]
) -> tuple[list[Candidate], bool]:
    """The candidates that are not in the shuffle bag; all of them, and True, when it is spent."""
    left = leave_out(candidates, bag)
    if left or not candidates:
        return left, False
    return list(candidates), True
