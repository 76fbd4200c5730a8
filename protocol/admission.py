"""The one decision about an announcement that arrives: keep it, and pass it on, or not.

The checks run from the cheap to the dear, and nothing is marked as seen before its signature
holds. An offence (bytes that no conforming peer sends) raises RemoteError; age, future,
duplicates and limits are outcomes, and never count against the peer who forwarded them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, Protocol

from . import stamp
from .announcement import Announcement
from .errors import RemoteError
from .network import Network
from .wire import SignedAnnouncement

MAX_AHEAD = 600
"""Seconds by which issued_at may lie ahead of the clock."""

MAX_REGISTERS = 16_384
"""Live registers of one host; of more, the smallest slots win."""


class Outcome(Enum):
    """What becomes of an announcement without offence."""

    FRESH = "fresh"
    SEEN = "seen"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FUTURE = "future"
    OVER_LIMIT = "over limit"


@dataclass(frozen=True, slots=True)
class Head:
    """The winning revision of a register: the highest (revision, id)."""

    revision: int
    id: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest slot of a host that was ever dropped, and when the last dropped one expires.

    Until then no new slot at or above it is admitted, so that all nodes agree on what a host
    with too many registers keeps, and nothing that was dropped returns as an older copy.
    """

    slot: int
    until: int

    def lowered(self, slot: int, expires_at: int) -> Floor:
        """The floor after one more drop."""
        return Floor(min(self.slot, slot), max(self.until, expires_at))


class Ledger(Protocol):
    """What admission asks of a node's memory."""

    def recall(self, announcement_id: bytes, host: bytes, slot: int) -> tuple[bool, Head | None]:
        """Whether this id, of this register, was admitted, superseded or refused for good before;
        and the register's winning revision, also for some time after it expired."""

    def floor(self, host: bytes) -> Floor | None:
        """The host's floor, if one was set."""

    def live_registers(self, host: bytes, now: int) -> int:
        """How many registers of the host expire after `now`."""

    def largest_register(self, host: bytes, now: int) -> tuple[int, int]:
        """Slot and expires_at of the one among them with the largest slot; there is one."""


class Admission(NamedTuple):
    """The decision. FRESH means: keep it and pass it on.

    `dropped_slot` is the register to forget for it, and `floor` the host's floor to remember.
    """

    outcome: Outcome
    signed: SignedAnnouncement
    dropped_slot: int | None = None
    floor: Floor | None = None


def admit(
    signed: SignedAnnouncement,
    network: Network,
    ledger: Ledger,
    now: int,
    is_genuine: Callable[[], bool],
) -> Admission:
    """Decide at `now` (UTC seconds) about what was decoded, from anywhere.

    `is_genuine` says whether its signature holds: it is dear, and asked last. Raises RemoteError
    for an offence.
    """
    announcement = signed.announcement
    if announcement.network != network.id:
        raise RemoteError("network", "an announcement of another network")
    if announcement.expires_at <= now:
        return Admission(Outcome.EXPIRED, signed)
    if announcement.issued_at > now + MAX_AHEAD:
        return Admission(Outcome.FUTURE, signed)
    known, head = ledger.recall(signed.id, *announcement.register)
    if known:
        return Admission(Outcome.SEEN, signed)
    _check_stamps(announcement, network)
    if not is_genuine():
        raise RemoteError("signature", "an announcement that its host did not sign")
    if head is None:
        return _new_register(signed, ledger, now)
    if supersedes(signed, head):
        return Admission(Outcome.FRESH, signed)
    return Admission(Outcome.SUPERSEDED, signed)


def _check_stamps(announcement: Announcement, network: Network) -> None:
    host, bits = announcement.host, network.stamp_bits
    if not has_birth_stamp(network.id, host, bits, announcement.nonce):
        raise RemoteError("stamp", "a host key without a birth stamp")
    source = announcement.body.source if announcement.body is not None else None
    if source is None:
        return
    if not stamp.of_source(network.id, host, source.id, bits).is_met(source.stamp):
        raise RemoteError("stamp", "an imported event whose source has no stamp")


@lru_cache(maxsize=4096)
def has_birth_stamp(network_id: bytes, host: bytes, bits: int, nonce: bytes) -> bool:
    """Whether a host has paid for its key: most announce more than once."""
    return stamp.birth(network_id, host, bits).is_met(nonce)


def supersedes(signed: SignedAnnouncement, head: Head) -> bool:
    """Whether it wins over the head of its register."""
    return (signed.announcement.revision, signed.id) > (head.revision, head.id)


def _new_register(signed: SignedAnnouncement, ledger: Ledger, now: int) -> Admission:
    host, slot = signed.announcement.register
    expires_at = signed.announcement.expires_at
    floor = ledger.floor(host)
    if floor is not None and floor.until <= now:
        floor = None
    if floor is not None and slot >= floor.slot:
        return Admission(Outcome.OVER_LIMIT, signed, floor=floor.lowered(slot, expires_at))
    if ledger.live_registers(host, now) < MAX_REGISTERS:
        return Admission(Outcome.FRESH, signed)
    largest, its_expiry = ledger.largest_register(host, now)
    if slot > largest:
        return Admission(Outcome.OVER_LIMIT, signed, floor=_drop(floor, slot, expires_at))
    return Admission(Outcome.FRESH, signed, largest, _drop(floor, largest, its_expiry))


def _drop(floor: Floor | None, slot: int, expires_at: int) -> Floor:
    return Floor(slot, expires_at) if floor is None else floor.lowered(slot, expires_at)
