"""Invented announcements of a usual size (about 600 bytes), as many as a benchmark needs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from potluck.protocol import wire
from potluck.protocol.announcement import DAY, Announcement, Body, Place, Status
from tests.builders import NETWORK, NOW, host, nonce

WORDS = "evening songs bread clay chess repair reading walking sewing maps tea film dance".split(
    " "
)


def announcements(count: int, hosts: int, seed: int = 1) -> Iterator[wire.SignedAnnouncement]:
    """Signed announcements in the next 60 days, spread over the hosts and 100 towns in turn."""
    random = Random(seed)
    for number in range(count):
        author = host(number % hosts + 1)
        start = NOW + random.randrange(60 * DAY)
        yield wire.sign(
            Announcement(
                NETWORK.id, author.key, nonce(author), random.getrandbits(64), 0, NOW,
                start + 30 * DAY,
                Status.SCHEDULED, body(random, number, start),
            ),
            author,
        )  # fmt: skip


def body(random: Random, number: int, start: int) -> Body:
    """What one of them says."""
    town = number % 100  # on a grid, Berlin first
    spot = (
        52.5 - 5 * (town // 10) + random.gauss(0, 0.1),
        13.4 - 6 * (town % 10) + random.gauss(0, 0.15),
    )
    return Body(
        title=f"{random.choice(WORDS)} {random.choice(WORDS)} {number}",
        tz="Europe/Berlin",
        start=start,
        end=start + 7200,
        place=Place(f"House {number % 997}", f"Street {number % 89}, Berlin", *spot),
        about=" ".join(random.choices(WORDS, k=40)),
        topics=(random.choice(WORDS),),
        lang="de",
        price="free",
        access={"wheelchair": True},
        url=f"https://example.org/events/{number}",
    )
