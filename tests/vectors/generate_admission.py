"""Write admission.json: `python -m tests.vectors.generate_admission`.

What arrives at a node, step by step, and its decisions. Explained in PROTOCOL.md, "Test vectors".
"""

from __future__ import annotations

import json
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from potluck.protocol import admission, stamp, wire
from potluck.protocol.announcement import Announcement, Body, Source, Status
from potluck.protocol.errors import RemoteError
from potluck.protocol.network import Network
from tests.protocol.memory_ledger import MemoryLedger
from tests.vectors.generate_announcement import CLOSED, DAY, HOST, ISSUED, OPEN

FILE = Path(__file__).with_name("admission.json")
SMALL_LIMIT = 3
Step = tuple[str, int, bytes]


def announced(slot: int, revision: int = 0, words: str = "Soup night", **said: Any) -> bytes:
    """An announcement of the host.

    `said` may name another network, nonce, status, issued_at or days, or a source.
    """
    network, status = said.get("network", OPEN), said.get("status", Status.SCHEDULED)
    nonce = said.get("nonce") or stamped(network)
    body = Body(words, "UTC", start=ISSUED + DAY, source=said.get("source"))
    issued_at = said.get("issued_at", ISSUED)
    fields = Announcement(
        network.id,
        HOST.key,
        nonce,
        slot,
        revision,
        issued_at,
        issued_at + said.get("days", 40) * DAY,
        status,
        None if status is Status.WITHDRAWN else body,
    )
    return wire.sign(fields, HOST).encoded


@cache
def stamped(network: Network, source: str | None = None) -> bytes:
    """The smallest birth stamp of the host, or that of a source."""
    challenge = stamp.birth(network.id, HOST.key, network.stamp_bits)
    if source is not None:
        challenge = stamp.of_source(network.id, HOST.key, source, network.stamp_bits)
    found = challenge.search(0, 1 << 24)
    assert found is not None
    return found


def copied(network: Network, source: str = "library", stamp_of: str = "library") -> bytes:
    """An imported event, with the stamp of this or another source."""
    paid = Source(source, stamped(network, stamp_of))
    return announced(1, network=network, source=paid)


def one_too_few(network: Network) -> bytes:
    """An imported event whose stamp has one zero bit less than it needs."""
    challenge = stamp.of_source(network.id, HOST.key, "library", network.stamp_bits)
    nonces = (number.to_bytes(8, "big") for number in count())
    almost = next(one for one in nonces if challenge.zero_bits(one) == challenge.bits - 1)
    return announced(1, network=network, source=Source("library", almost))


def forged(encoded: bytes) -> bytes:
    """With another last byte: the signature no longer holds, the id is the same."""
    return encoded[:-1] + bytes([encoded[-1] ^ 1])


def one_after_the_other() -> list[Step]:
    first, rival = sorted(
        (announced(1, 1, words) for words in ("Soup", "Stew")), key=lambda one: wire.decode(one).id
    )
    gone = announced(1, 3, status=Status.WITHDRAWN)
    unstamped = b"\0" * 7 + b"\1"
    end = ISSUED + 40 * DAY
    return [
        ("a forgery", ISSUED, forged(announced(1))),
        ("the real one: its id is not known yet", ISSUED, announced(1)),
        ("once more", ISSUED, announced(1)),
        ("forged once more: the id is known", ISSUED, forged(announced(1))),
        ("revision 1, of two the one with the larger id", ISSUED, rival),
        ("revision 1, the one with the smaller id", ISSUED, first),
        ("withdrawn in revision 3", ISSUED, gone),
        ("revision 2 comes late", ISSUED, announced(1, 2)),
        ("another register", ISSUED, announced(2)),
        ("ten minutes and a second early", ISSUED - 601, announced(3)),
        ("ten minutes early", ISSUED - 600, announced(3)),
        ("at the second it expires", end, announced(4)),
        ("a second before", end - 1, announced(4)),
        ("expired, and without a stamp", end, announced(5, nonce=unstamped)),
        ("without a stamp", ISSUED, announced(5, nonce=unstamped)),
        ("of another network, and expired", end, announced(6, network=Network("elsewhere", 8))),
        ("of another network", ISSUED, announced(6, network=Network("elsewhere", 8))),
        ("4,097 bytes", ISSUED, bytes(4_097)),
        ("no announcement", ISSUED, b"\x90"),
        ("sealed, in an open network", ISSUED, CLOSED.seal(announced(7), bytes(24))),
    ]


def imports(network: Network) -> list[Step]:
    """Stamps of sources on a network of that many bits."""
    wrong = (
        []
        if network.stamp_bits <= 4
        else [
            ("a zero bit too few", ISSUED, one_too_few(network)),
            ("with the stamp of another source", ISSUED, copied(network, "library", "Library")),
            (
                "with the host's birth stamp",
                ISSUED,
                announced(1, network=network, source=Source("library", stamped(network))),
            ),
        ]
    )
    return [*wrong, ("with a stamp for its source", ISSUED, copied(network))]


def crowded() -> list[Step]:
    end = ISSUED + 40 * DAY
    return [
        *((f"slot {slot}", ISSUED, announced(slot)) for slot in (50, 90, 20)),
        ("a fourth register with the largest slot", ISSUED, announced(95)),
        ("one with a smaller slot drops 90", ISSUED, announced(10, days=41)),
        ("an older copy of 90 under another id", ISSUED, announced(90, words="Stew")),
        ("a revision of 50 is no new register", ISSUED, announced(50, 1)),
        ("one between the largest and the floor", ISSUED, announced(60)),
        ("in the last second of the floor", end - 1, announced(60, words="Stew")),
        ("the floor is gone, and all but 10 with it", end, announced(70, issued_at=end)),
    ]


def decided(steps: list[Step], network: Network = OPEN) -> list[dict[str, Any]]:
    ledger = MemoryLedger(network)
    return [
        {"name": name, "now": now, "bytes": data.hex(), "decision": decision(ledger, data, now)}
        for name, now, data in steps
    ]


def decision(ledger: MemoryLedger, data: bytes, now: int) -> str:
    """What becomes of it: fresh, seen, superseded, expired, future, over limit, or the offence."""
    try:
        return ledger.offer(data, now).outcome.value
    except RemoteError as error:
        return f"offence {error.reason}"


def vectors() -> dict[str, Any]:
    """Both nodes' steps."""
    with patch.object(admission, "MAX_REGISTERS", SMALL_LIMIT):
        few = decided(crowded())
    return {
        "network": OPEN.id.hex(),
        "steps": decided(one_after_the_other()),
        "crowded": {"limit": SMALL_LIMIT, "steps": few},
        "imports": [
            {
                "name": network.name,
                "stamp_bits": network.stamp_bits,
                "network": network.id.hex(),
                "steps": decided(imports(network), network),
            }
            for network in (Network("vectors", bits) for bits in (4, 12, 16, 22))
        ],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
