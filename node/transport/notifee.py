"""libp2p's events, passed on."""

from collections.abc import Awaitable, Callable
from typing import Any

from libp2p.abc import INotifee
from libp2p.peer.id import ID

Listener = Callable[[ID], Awaitable[None]]


class Notifee(INotifee):
    """Tells of each connection that opens or closes whose it is, and passes over the rest."""

    def __init__(self, opened: Listener, closed: Listener) -> None:
        self._opened = opened
        self._closed = closed

    async def connected(self, _network: Any, conn: Any) -> None:
        await self._opened(conn.muxed_conn.peer_id)

    async def disconnected(self, _network: Any, conn: Any) -> None:
        await self._closed(conn.muxed_conn.peer_id)

    async def opened_stream(self, network: Any, stream: Any) -> None: ...
    async def closed_stream(self, network: Any, stream: Any) -> None: ...
    async def listen(self, network: Any, multiaddr: Any) -> None: ...
    async def listen_close(self, network: Any, multiaddr: Any) -> None: ...
