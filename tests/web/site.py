"""A page that runs: a home at a fixed time, its server in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import trio

from potluck.node.home.config import Config
from potluck.node.operations.service import Connections, Service
from potluck.node.web import server as serving
from potluck.node.web.server import Server
from potluck.protocol.announcement import DAY, Body, Place
from tests.builders import NOW, host, signed, source
from tests.node.at_home import at_home, receive

T = TypeVar("T")
CONFIG = Config(network_name="test", stamp_bits=4)
HOUR = 3600
TODAY = NOW - NOW % DAY
"""Midnight (UTC) of the day on which tests happen: Wednesday 18 November 2026."""


@dataclass
class Site:
    """A running page, as a test in another thread sees it."""

    server: Server
    token: trio.lowlevel.TrioToken
    stop: trio.CancelScope
    home: Path
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.server.page

    @property
    def service(self) -> Service:
        return self.server.site.service

    def call(self, work: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Run an operation inside, `work(service, *args)`."""
        return trio.from_thread.run(work, self.service, *args, trio_token=self.token)

    def run(self, work: Callable[[], T]) -> T:
        """Run plain code inside."""
        return trio.from_thread.run_sync(work, trio_token=self.token)

    def link(self) -> str:
        """A link that lets one browser in."""
        return self.run(self.server.link)


@contextmanager
def running(
    path: Path,
    prepare: Callable[[Service], Awaitable[None]],
    config: Config = CONFIG,
    connections: Connections | None = None,
) -> Iterator[Site]:
    """The page of a home in this folder, prepared, until the end; of a node if there are
    connections."""
    started: list[Site] = []
    ready = threading.Event()

    async def serve() -> None:
        async with at_home(path, config) as service, trio.open_nursery() as nursery:
            await prepare(service)
            server = Server(replace(service, connections=connections), nursery)
            await server.start("127.0.0.1:0")
            started.append(
                Site(server, trio.lowlevel.current_trio_token(), nursery.cancel_scope, path)
            )
            ready.set()
            await trio.sleep_forever()

    thread = threading.Thread(target=_run, args=(serve, ready), daemon=True)
    thread.start()
    ready.wait(60)
    (site,) = started
    try:
        yield site
    finally:
        site.run(site.stop.cancel)
        thread.join(20)


def _run(serve: Callable[[], Awaitable[None]], ready: threading.Event) -> None:
    try:
        trio.run(serve)
    finally:
        ready.set()


def at_loopback(monkeypatch: Any) -> None:
    """Have the door to the local network open on this machine only."""
    monkeypatch.setattr(serving, "own_address", lambda: "127.0.0.1")


async def first_run(_service: Service) -> None:
    """Nothing is there yet."""


async def a_hand(service: Service) -> None:
    """Five hosts with an event each in Berlin, and somebody who lives there."""
    for number in range(1, len(EVENTS) + 1):
        await receive(
            service, signed(host(number), slot=number, issued_at=NOW - DAY, what=event(number))
        )
    await service.store.choices.save_filters("page", '{"near": "Berlin"}')
    await service.store.choices.note("page.welcomed", "yes")


def event(number: int, later: int = 0) -> Body:
    """What the host of this number announces, so many seconds later."""
    title, hours, body = EVENTS[number - 1]
    start = TODAY + hours * HOUR + later
    place = Place(
        PLACES[number - 1], "4 Hemp Yard", 52.52 + 0.01 * number, 13.405 + 0.012 * (number - 2)
    )
    return Body(title, "Europe/Berlin", start=start, end=start + 2 * HOUR, place=place, **body)


PLACES = (
    "The Old Rope Works",
    "Weir Lane boathouse",
    "Quarry Wood, lower gate",
    "The Signal Box",
    "Mill Street library",
)
SOUP = "Soup from whatever is left"
LAMP = "Lamp doctors: bring what flickers"
ROPE = "Learn to splice a rope, badly at first"
EVENTS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    (
        SOUP,
        41,
        {
            "topics": ("food", "company"),
            "price": "Free",
            "capacity": 30,
            "access": {"wheelchair": True, "step_free": True, "children": True, "quiet": False},
            "about": "We cook what the market could not sell. Bring a bowl, a spoon and one "
            "vegetable you do not trust. Soup is ready when it is ready, usually after seven.",
        },
    ),
    (
        ROPE,
        57,
        {
            "topics": ("craft", "water"),
            "price": "Pay what you like",
            "access": {"wheelchair": True},
        },
    ),
    (
        "Moths by lamplight",
        45,
        {"topics": ("nature", "night"), "price": "Free", "access": {"step_free": False}},
    ),
    (
        "Four hands, one piano: sight-reading for the hesitant",
        87,
        {
            "topics": ("music",),
            "price": "3.00 at the door",
            "source": source("The Signal Box", host(4)),
        },
    ),
    (LAMP, 138, {"topics": ("repair", "company"), "price": "Free"}),
)
