"""The API on a real port, behind the guard, over a home with a few events."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from starlette.applications import Starlette

from potluck.node.operations.service import Health, Peer, Service
from potluck.node.web.api import mount as api
from potluck.node.web.http.guard import Doors, Guard, as_json
from potluck.node.web.http.server_sent_events import News
from potluck.protocol.errors import LocalError
from tests import builders
from tests.builders import NOW
from tests.node.at_home import NETWORK, at_home, receive

TOKEN = "ab" * 32
PEER = "12D3KooWD3bfmNbuuuVCYwkjnFt3ukm3qaB3hDED3peHHXawvRAi"


class Connected:
    """The connections of a running node that never reach anybody."""

    def listen(self) -> list[str]:
        return [f"/ip4/127.0.0.1/tcp/4001/p2p/{PEER}"]

    def web(self) -> str | None:
        return None

    def peers(self) -> list[Peer]:
        return [{"id": PEER, "address": "/ip4/192.0.2.1/tcp/4001", "relay": None}]

    def peering(self) -> Any:
        raise AssertionError("nothing here deals with single peers")

    def clock_offset(self) -> float | None:
        return 0.5

    def health(self) -> Health:
        return Health(known=1, connected=1, came_in=0, synced_at=NOW)

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        return None

    async def dialled_back(self) -> list[bool]:
        return []

    def page_link(self) -> str | None:
        return None

    async def open_door(self) -> str:
        raise LocalError("there is no door here")

    async def close_door(self) -> None:
        pass

    async def connect(self, address: str) -> str:
        raise LocalError(f"cannot reach {address}")

    async def spread(self, announcements: Sequence[bytes]) -> None:
        pass

    def stop(self) -> None:
        pass

    def leave(self) -> None:
        pass


@dataclass
class Api:
    """A running API: how to ask it, and what is behind it."""

    url: str
    service: Service
    news: News

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Asks with the token."""
        allowed = {"authorization": f"Bearer {TOKEN}", **headers}
        return httpx.AsyncClient(
            base_url=f"{self.url}{api.PREFIX}", headers=allowed, trust_env=False
        )


@asynccontextmanager
async def running_api(path: Path, hosts: int = 6) -> AsyncIterator[Api]:
    """The API over a home where so many hosts have announced an event each."""
    async with at_home(path) as home, trio.open_nursery() as nursery:
        service = replace(home, connections=Connected())
        await receive(service, *(an_event(number) for number in range(1, hosts + 1)))
        news, ours = News(service), set[str]()
        doors = Doors(ours, TOKEN, "cookie", lambda _: None, lambda _: False)
        app = Guard(Starlette(routes=[api.mount(service, news)]), doors, as_json)
        config = Config()
        config.bind = ["127.0.0.1:0"]
        config.errorlog = logging.getLogger("hypercorn.error")
        served: Any = app
        run: Any = partial(serve, served, config, shutdown_trigger=trio.sleep_forever)
        (url,) = await nursery.start(run)
        ours.add(url.removeprefix("http://"))
        yield Api(url, service, news)
        nursery.cancel_scope.cancel()


def an_event(number: int) -> Any:
    """An event of a host of its own, so many hours from now, in Berlin."""
    what = builders.body(f"Event {number}", NOW + number * 3600)
    return builders.signed(builders.host(number), number, network=NETWORK, what=what)


@contextmanager
def api_in_thread(path: Path) -> Iterator[str]:
    """The address of the same, for callers that do not run trio."""
    urls: list[str] = []
    up, stop = threading.Event(), trio.Event()
    tokens: list[trio.lowlevel.TrioToken] = []

    async def run() -> None:
        tokens.append(trio.lowlevel.current_trio_token())
        async with running_api(path) as running:
            urls.append(running.url)
            up.set()
            await stop.wait()

    thread = threading.Thread(target=trio.run, args=(run,))
    thread.start()
    try:
        assert up.wait(20)
        yield urls[0]
    finally:
        tokens[0].run_sync_soon(stop.set)
        thread.join(20)
