"""A small invented town as a site: hosts with events of their own, at a fixed time."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from potluck.protocol.announcement import DAY, Body, Place
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, host, signed

HOUR = 3_600
HOUSE = {"name": "the Ferry House", "lat": 52.52, "lon": 13.405}
TITLES = (
    "Soup from whatever is left",
    "Cold water for the hesitant",
    "Saturn, if the clouds allow",
    "Four hands, one piano: sight-reading aloud",
    "Lamp doctors: bring what flickers",
    "Sing the tide in",
    "Chess with the clock off",
    "Bread for the patient",
)
TOPICS = (("food", "company"), ("water",), ("night", "nature"), ("music",), ("repair",))


def event(number: int, **fields: Any) -> Body:
    """What the host of this number announces."""
    start = NOW + DAY + number * 7 * HOUR
    place = Place(f"House {number}", f"{number} Hemp Yard", 52.52 + 0.004 * number, 13.405)
    said: dict[str, Any] = {
        "title": TITLES[number % len(TITLES)],
        "tz": "Europe/Berlin",
        "start": start,
        "end": start + 2 * HOUR,
        "place": place,
        "topics": TOPICS[number % len(TOPICS)],
        "price": ("Free", "3.00 at the door", None)[number % 3],
        "access": {"step_free": number % 2 == 0} if number % 3 else {},
        "about": "Bring a bowl and one vegetable you do not trust.\n\nUsually after seven.",
    }
    return Body(**said | fields)


def announced(number: int = 8) -> list[SignedAnnouncement]:
    """One event each of so many hosts."""
    return [signed(host(each), slot=each, what=event(each)) for each in range(1, number + 1)]


def said(held: list[SignedAnnouncement], **changes: Any) -> dict[str, Any]:
    """What a site with these announcements says."""
    return {
        "title": "The Ferry House",
        "keeper": "Ada of the ferry",
        "mail": "table@ferry.example",
        "base": None,
        "own_origin": True,
        "language": "en",
        "network": NETWORK.id.hex(),
        "place": HOUSE,
        "town": "Harbour Town",
        "tz": "Europe/Berlin",
        "km": 25.0,
        "days": 14,
        "published": NOW,
        "hosts": {},
        "announcements": [b64encode(each.encoded).decode() for each in held],
    } | changes
