"""What a host may say next of one of its registers: the rules for those who sign.

Admission is generous to what others signed; the builder is strict with ourselves, so that
nothing withdrawn ever comes back and nothing is signed that other nodes would drop. Normal form C
is asked for here, and nowhere else.
"""

from dataclasses import dataclass, fields, replace

from .admission import MAX_REGISTERS
from .announcement import Announcement, Body, Status, default_expiry
from .errors import Refused
from .text import check_normal

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
) -> Announcement:
    """The first revision of a register.

    `live_registers` counts the host's registers before this one. Raises Refused when the host has
    too many registers, Invalid for text that is not in normal form C.
    """
    _check_normal(body)
    if live_registers >= MAX_REGISTERS:
        raise Refused(
            "a host may have {max_registers} events at a time; withdraw some, or use a second home",
            max_registers=MAX_REGISTERS,
        )
    expires_at = default_expiry(body, now)
    return Announcement(
        author.network_id, author.host, author.nonce, slot, 0, now, expires_at, status, body
    )


def revise(previous: Announcement, status: Status, body: Body | None, *, now: int) -> Announcement:
    """The next revision; it never expires before the previous one.

    Raises Refused when the event was withdrawn or has expired, or its revisions are used up;
    Invalid for text that is not in normal form C.
    """
    if previous.status is Status.WITHDRAWN:
        raise Refused("this event was withdrawn; announce a new one instead")
    to_withdraw = 0 if status is Status.WITHDRAWN else 1
    if previous.revision >= MAX_REVISION - to_withdraw:
        raise Refused("this event was changed too often; withdraw it and announce a new one")
    issued_at = max(now, previous.issued_at)
    expires_at = previous.expires_at
    if body is not None:
        _check_normal(body)
        expires_at = max(expires_at, default_expiry(body, issued_at))
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


def _check_normal(body: Body) -> None:
    """Raise Invalid unless all text is in normal form C."""
    parts = [part for part in (body, body.place, body.source) if part is not None]
    named = [(part.name, getattr(value, part.name)) for value in parts for part in fields(value)]
    for name, value in [*named, *(("a topic", topic) for topic in body.topics)]:
        if type(value) is str:
            check_normal(name, value)
