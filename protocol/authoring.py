"""What a host may say next of one of its registers: the rules for those who sign.

Admission is generous to what others signed; the builder is strict with ourselves, so that
nothing withdrawn ever comes back and nothing is signed that other nodes would drop.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .admission import MAX_REGISTERS
from .announcement import Announcement, Body, Status, default_expiry
from .errors import Refused

MAX_REVISION = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Author:
    """A host on a network: the network's id, the host's public key and its birth stamp there."""

    network_id: bytes
    host: bytes
    nonce: bytes


def announce(
    author: Author,
    slot: int,
    body: Body,
    *,
    now: int,
    live_registers: int,
    status: Status = Status.SCHEDULED,
    last_end: int | None = None,
) -> Announcement:
    """The first revision of a register.

    `live_registers` counts the host's registers before this one; `last_end` is the end of the
    last occurrence of a recurring event. Raises Refused when the host has too many registers.
    """
    if live_registers >= MAX_REGISTERS:
        raise Refused(
            f"a host may have {MAX_REGISTERS} events at a time; withdraw some, or use a second home"
        )
    expires_at = default_expiry(body, last_end, now)
    return Announcement(
        author.network_id, author.host, author.nonce, slot, 0, now, expires_at, status, body
    )


def revise(
    previous: Announcement,
    status: Status,
    body: Body | None,
    *,
    now: int,
    last_end: int | None = None,
) -> Announcement:
    """The next revision; it never expires before the previous one.

    Raises Refused when the event was withdrawn or has expired, or its revisions are used up.
    """
    if previous.status is Status.WITHDRAWN:
        raise Refused("this event was withdrawn; announce a new one instead")
    last = (
        MAX_REVISION if status is Status.WITHDRAWN else MAX_REVISION - 1
    )  # one is left to withdraw
    if previous.revision >= last:
        raise Refused("this event was changed too often; withdraw it and announce a new one")
    issued_at = max(now, previous.issued_at)
    expires_at = previous.expires_at
    if body is not None:
        expires_at = max(expires_at, default_expiry(body, last_end, issued_at))
    if expires_at <= issued_at:
        raise Refused("this event is over and forgotten; announce a new one instead")
    return replace(
        previous,
        revision=previous.revision + 1,
        issued_at=issued_at,
        expires_at=expires_at,
        status=status,
        body=body,
    )
