"""The one primitive of choice: whatever is chosen at random is chosen by the smallest ticket.

A ticket is a keyed hash of an item, so a choice is the same in any implementation, has no modulo
bias, and hardly changes when the items do: each ticket depends on its own item alone (bottom-k
sampling: Broder 1997, Thorup 2013). In which order tickets deal is in line.py and draw.py.
"""

from collections.abc import Callable
from hashlib import blake2b

TICKET_BYTES = 16


def tickets(seed: bytes, label: str) -> Callable[[bytes], bytes]:
    """The function from an item to its ticket, for many items under one seed and label.

    ticket = BLAKE2b-128(item, key = seed, person = label padded with zero bytes to 16).
    `seed` has 1 to 64 bytes, `label` at most 16 ASCII characters; else ValueError.
    """
    start = blake2b(
        digest_size=TICKET_BYTES, key=seed, person=label.encode("ascii").ljust(16, b"\0")
    )

    def ticket_of(item: bytes) -> bytes:
        hashed = start.copy()
        hashed.update(item)
        return hashed.digest()

    return ticket_of


def ticket(seed: bytes, label: str, item: bytes) -> bytes:
    """The ticket (16 bytes) of one item: see `tickets`."""
    return tickets(seed, label)(item)
