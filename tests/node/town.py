"""A town's events as they arrive, for tests of draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from potluck.node.operations.service import Service
from potluck.protocol.announcement import Body, Place, Status
from potluck.protocol.wire import SignedAnnouncement
from tests import builders
from tests.builders import NOW

from .at_home import NETWORK, receive

BERLIN = Place("Here", None, 52.52, 13.405)
FAR = Place("Far", None, 48.14, 11.58)
HOUR = 3600


def event(host: int, slot: int = 0, hours: float = 24, **said: Any) -> SignedAnnouncement:
    """An event of a host, so many hours from now, in Berlin unless it is said."""
    revision, status = said.pop("revision", 0), said.pop("status", Status.SCHEDULED)
    issued_at = said.pop("issued_at", NOW)
    what = Body(**{
        "title": f"Event {slot} of {host}",
        "tz": "Europe/Berlin",
        "start": int(NOW + hours * HOUR),
        "place": BERLIN,
        **said,
    })  # fmt: skip
    return builders.signed(
        builders.host(host), slot, revision=revision, status=status, network=NETWORK, what=what,
        issued_at=issued_at,
    )  # fmt: skip


def titles(hand: Mapping[str, Any]) -> list[str]:
    return [card["title"] for card in hand["hand"]]


async def town(service: Service, hosts: int = 20) -> None:
    """So many hosts with an event each."""
    await receive(service, *(event(host) for host in range(1, hosts + 1)))


DECK = [
    event(1, topics=("music",), lang="de", price="free", access={"wheelchair": True}, capacity=20),
    event(
        2, topics=("food",), lang="en", price="5 EUR", access={"wheelchair": False}, capacity=200
    ),
    event(3),
    event(4, place=FAR),
    event(5, hours=24 * 30),
    event(6, hours=-2),
    event(7, status=Status.CANCELLED),
    event(8, place=None),
]
