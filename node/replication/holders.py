"""Who holds an announcement: each connected peer is asked for it, over a short sync session."""

from collections.abc import Callable

import trio

from potluck.node import limits
from potluck.node.transport import Disconnected, Stream, Transport, protocols
from potluck.node.transport.channel import Channel, Exhausted, Kind, OtherNetwork
from potluck.protocol import wire
from potluck.protocol.errors import RemoteError
from potluck.protocol.network import Network

from . import session
from .sync import HOUR


class Reach:
    """Asks peers whether they hold an announcement. PROTOCOL.md, "Sync", Asking."""

    def __init__(
        self,
        transport: Transport,
        network: Network,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._transport = transport
        self._network = network
        self._clock = clock
        self._random_bytes = random_bytes

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        """Whether the peer holds it; None when it is busy, gone or silent."""
        for _ in range(limits.ASK_TIMES):
            try:
                with trio.fail_after(limits.FRAME_DEADLINE):
                    return await self._ask(peer_id, announcement_id)
            except (Disconnected, Exhausted, OtherNetwork, trio.TooSlowError):
                await trio.sleep(limits.ASK_AGAIN)
            except RemoteError as error:
                self._transport.report(peer_id, error)
                break
        return None

    async def _ask(self, peer_id: str, announcement_id: bytes) -> bool:
        stream = await self._transport.open_stream(peer_id, protocols.SYNC)
        try:
            holds = await self._answer(stream, announcement_id)
            await stream.close()
            return holds
        finally:
            await stream.reset()

    async def _answer(self, stream: Stream, announcement_id: bytes) -> bool:
        channel = Channel(stream, self._network, self._random_bytes)
        now = int(self._clock())
        await channel.send_hello([now, -(-now // HOUR) * HOUR, None, 0])
        if await channel.receive_hello() is None:
            raise Disconnected("the peer is busy, or of another network or version")
        given = await channel.ask(Kind.WANT, [announcement_id], Kind.GIVE)
        _more, announcements, _missing = session.give_frame(given)
        if any(wire.decode(one).id != announcement_id for one in announcements):
            raise RemoteError("undecodable", "a sync frame GIVE with what nobody asked for")
        return bool(announcements)
