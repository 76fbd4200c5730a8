"""Whether others can dial this node: a peer is asked to try, on `/potluck/dialback/1`.

PROTOCOL.md, "Dialling back". (The idea is libp2p's AutoNAT; here only the asker's own ip is ever
tried, so that nobody can send a node against a third.)
"""

from collections.abc import Callable
from typing import Any

import trio

from potluck.node import limits
from potluck.node.transport import Disconnected, Stream, Transport, multiaddrs, protocols
from potluck.node.transport.channel import Channel, OtherNetwork
from potluck.protocol.errors import RemoteError
from potluck.protocol.network import Network


class Dialback:
    """Asks peers to dial this node, and tries for peers that ask. Serves from the start."""

    def __init__(
        self, transport: Transport, network: Network, random_bytes: Callable[[int], bytes]
    ) -> None:
        self._transport = transport
        self._network = network
        self._random_bytes = random_bytes
        transport.handle(protocols.DIALBACK, self._serve)

    async def ask_some(self) -> list[bool]:
        """The answers of a few of the connected peers."""
        answers: list[bool | None] = []

        async def ask(peer_id: str) -> None:
            answers.append(await self.ask(peer_id))

        async with trio.open_nursery() as nursery:
            for peer_id in self._transport.peers[: limits.DIALBACK_PEERS]:
                nursery.start_soon(ask, peer_id)
        return [answer for answer in answers if answer is not None]

    async def ask(self, peer_id: str) -> bool | None:
        """Whether this peer can open a connection to where we listen; None when it does not say."""
        ports = [multiaddrs.read(address).port for address in self._transport.addresses]
        if not ports:
            return False
        try:
            with trio.fail_after(protocols.DIALBACK.seconds):
                return await self._answer_of(peer_id, ports[0])
        except (Disconnected, OtherNetwork, trio.TooSlowError):
            return None
        except RemoteError as error:
            self._transport.report(peer_id, error)
            return None

    async def _answer_of(self, peer_id: str, port: int) -> bool | None:
        stream = await self._transport.open_stream(peer_id, protocols.DIALBACK)
        try:
            channel = Channel(stream, self._network, self._random_bytes)
            await channel.send_hello([port])
            return _read_answer(await channel.receive_hello())
        finally:
            await stream.reset()

    async def _serve(self, stream: Stream) -> None:
        channel = Channel(stream, self._network, self._random_bytes)
        try:
            port = _read_question(await channel.receive_hello())
        except OtherNetwork:
            return
        ip = self._transport.address_of(stream.peer_id)
        if port is not None and ip is not None:
            await channel.send_hello([await self._transport.probe(ip, port)])


def _read_question(values: list[Any] | None) -> int | None:
    """The port to try; None if the peer left, or speaks another version. Raises RemoteError."""
    match values:
        case None:
            return None
        case [port] if type(port) is int and 0 < port < 65_536:
            return port
    raise RemoteError("undecodable", "a question to dial back that cannot be read")


def _read_answer(values: list[Any] | None) -> bool | None:
    match values:
        case None:
            return None
        case [bool(reached)]:
            return reached
    raise RemoteError("undecodable", "an answer about dialling back that cannot be read")
