"""Write announcement.json: `python -m tests.vectors.generate_announcement`.

The cases are explained in PROTOCOL.md, "Test vectors"; the values are facts, so a change of any
of them is a change of the protocol.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from potluck.protocol import stamp, wire
from potluck.protocol.announcement import Announcement, Body, Place, Source, Status
from potluck.protocol.errors import RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.imported import imported_slot, slot_space
from potluck.protocol.network import Network
from tests.vectors import refused, signatures

FILE = Path(__file__).with_name("announcement.json")
ISSUED = 1_800_000_000
DAY = 86_400
OPEN = Network("vectors", 8)
CLOSED = Network("vectors", 8, bytes(range(32)))
HOST = Identity.from_seed(bytes([1]) * 32)
LIBRARY = "Monroe County Library"


def stamp_of(source: str) -> bytes:
    """The smallest stamp of the host for this source."""
    found = stamp.of_source(OPEN.id, HOST.key, source, OPEN.stamp_bits).search(0, 1 << 16)
    assert found is not None
    return found


BODIES = {
    "least": Body("Soup night", "Europe/Berlin", start=ISSUED + DAY),
    "most": Body(
        "Jazz im Hof – offene Bühne",
        "Europe/Berlin",
        start=ISSUED + 7 * DAY,
        end=ISSUED + 7 * DAY + 10_800,
        place=Place("Café Größenwahn", "Hofweg 3", 52.52, 13.405, 25),
        about="Bring an instrument,\nor a chair. 🎷",
        topics=("music", "neighbours"),
        lang="de",
        price="free",
        capacity=40,
        access={"wheelchair": True, "quiet": False},
        url="https://jazz.example/hof?x=1",
        series="Jazz im Hof",
        rsvp_key=bytes(range(100, 132)),
        extra={"later": refused.LATER},
    ),
    "all-day": Body(
        "東京の夜", "Asia/Tokyo", start=1_800_025_200, all_day=True, place=Place("上野公園")
    ),
    "imported": Body(
        "Story hour",
        "America/Indiana/Indianapolis",
        start=ISSUED + 3 * DAY,
        place=Place("Library", None, 39.1653, -86.5264),
        series=LIBRARY,
        source=Source(LIBRARY, stamp_of(LIBRARY), "Town calendar", "https://town.example/feed.ics"),
    ),
    "edges": Body(
        "\ufeffx\u200b\ue000\U000e0100",
        "No/Such_Zone+1/x/1",
        start=(1 << 32) - 1,
        end=(1 << 32) - 1,
        all_day=True,
        place=Place("\u2800x", None, -0.0, -180.0, 0, {"later": None, "room": refused.LATER}),
        about="é" * 1_200,
        topics=("a", "A", "á", "a\u200d", "🍲" * 40),
        lang="mul-Latn-x1-abcdefgh",
        capacity=1_000_000,
        access={"a" * 32: False},
        url="https://[::1]:8/é?#",
        source=Source("\U0001f372", stamp_of("\U0001f372"), extra={"later": {}, "rank": []}),
        extra={"Z": None, "deep": refused.deep(14), "later": [], "rrule": "FREQ=DAILY", "ü": {}},
    ),
    "not in normal form C": Body(
        "Cafe\u0301 x\u0301\U00010efd", "UTC", start=ISSUED, series="e\u0301"
    ),
}
# UID, the calendar's name or none, source id, occurrence
SLOTS = [
    ("story-1@library.example", "Town calendar", LIBRARY, ""),
    ("story-1@library.example", "", LIBRARY, "20270301"),
    ("story-1@library.example", "", LIBRARY, "20270301T1900"),
    ("7", "Town calendar", "jazz.example", "20270301"),
    ("7", "", "jazz.example", "20270301"),
    ("7@localhost", "", "jazz.example", ""),
    ("7@a.b@localhost", "", "jazz.example", ""),
    ("7@a..b", "", "jazz.example", ""),
    ("7@.b", "", "jazz.example", ""),
    ("@a.b", "", "jazz.example", ""),
    ("a.b", "", "jazz.example", ""),
    ("", "", "Café Größenwahn", ""),
    ("ü" * 21, "Café", "x", ""),
    ("ü" * 22, "Café", "x", ""),
]
ANNOUNCEMENTS = [
    ("least", 0, 0, Status.SCHEDULED, "least"),
    ("most", (1 << 64) - 1, 65_535, Status.SCHEDULED, "most"),
    ("all-day", 1 << 32, 1, Status.CANCELLED, "all-day"),
    ("imported", imported_slot("", *SLOTS[0][::3]), 0, Status.POSTPONED, "imported"),
    ("edges", 1, 0, Status.SCHEDULED, "edges"),
    ("not in normal form C", 2, 0, Status.SCHEDULED, "not in normal form C"),
    ("withdrawn", 0, 1, Status.WITHDRAWN, None),
]


def vectors() -> dict[str, Any]:
    """All cases as JSON values; bytes are in hexadecimal."""
    identities = [Identity.from_seed(bytes([number]) * 32) for number in range(3)]
    return {
        "keys": [{"seed": one.seed.hex(), "key": one.key.hex()} for one in identities],
        "networks": [_network(one) for one in (OPEN, CLOSED, Network("Nachbarschaft Süd", 22))],
        "stamps": [_stamp(one.key, bits) for one in identities for bits in (0, 8, 16)],
        "seal": {
            "network": CLOSED.id.hex(),
            "nonce": bytes(range(24)).hex(),
            "payload": b"pot luck".hex(),
            "sealed": CLOSED.seal(b"pot luck", bytes(range(24))).hex(),
        },
        "signatures": signatures.cases(),
        "slots": [_slot(*case) for case in SLOTS],
        "announcements": [_announcement(*case) for case in ANNOUNCEMENTS],
        "refused": _refused(),
    }


def _slot(uid: str, calendar: str, source: str, occurrence: str) -> dict[str, str]:
    space = slot_space(uid, calendar, source)
    slot = imported_slot(space, uid, occurrence)
    words = {"uid": uid, "calendar": calendar, "source": source, "occurrence": occurrence}
    return words | {"space": space, "slot": f"{slot:016x}"}


def _network(network: Network) -> dict[str, Any]:
    return {
        "name": network.name,
        "stamp_bits": network.stamp_bits,
        "secret": network.secret.hex() if network.secret else None,
        "id": network.id.hex(),
        "topic": network.topic,
    }


def _stamp(key: bytes, bits: int) -> dict[str, Any]:
    challenge = stamp.birth(OPEN.id, key, bits)
    nonce = challenge.search(0, 1 << 24)
    assert nonce is not None
    return {
        "network": OPEN.id.hex(),
        "host": key.hex(),
        "bits": bits,
        "first_nonce": nonce.hex(),
        "zero_bits": challenge.zero_bits(nonce),
    }


def _announcement(
    name: str, slot: int, revision: int, status: Status, body: str | None
) -> dict[str, Any]:
    nonce = stamp.birth(OPEN.id, HOST.key, OPEN.stamp_bits).search(0, 1 << 16)
    assert nonce is not None
    what = None if body is None else BODIES[body]
    expires_at = ISSUED + 40 * DAY
    announced = Announcement(
        OPEN.id, HOST.key, nonce, slot, revision, ISSUED, expires_at, status, what
    )
    signed = wire.sign(announced, HOST)
    return {
        "name": name,
        "seed": HOST.seed.hex(),
        "slot": f"{slot:016x}",
        "revision": revision,
        "issued_at": ISSUED,
        "expires_at": expires_at,
        "status": status.name.lower(),
        "body": None if what is None else _readable(wire.body_to_map(what)),
        "signed": signed.signed.hex(),
        "signature": signed.signature.hex(),
        "id": signed.id.hex(),
        "encoded": signed.encoded.hex(),
    }


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _refused() -> list[dict[str, str]]:
    """Bytes that must be refused, each for one reason only."""
    cases = refused.announcements(bytes.fromhex(_announcement(*ANNOUNCEMENTS[1])["encoded"]))
    for name, data in cases:
        try:
            wire.decode(data)
        except RemoteError:
            continue
        raise AssertionError(f"not refused: {name}")
    return [{"name": name, "encoded": data.hex()} for name, data in cases]


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
