"""Frames on a Potluck stream: a hello in clear or sealed, then one kind of value after the other.

PROTOCOL.md, "Sync"; the exchange of peer records and dialling back begin with the same hello.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from potluck.node import limits
from potluck.protocol import canonical
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.network import ID_BYTES as NETWORK_ID_BYTES
from potluck.protocol.network import NONCE_BYTES, SEAL_OVERHEAD, Network

from .frames import Stream

VERSION = 1
ROOM = limits.MAX_FRAME - NETWORK_ID_BYTES - SEAL_OVERHEAD - 16
"""Bytes for the value of a frame, sealed or not."""


class Kind(IntEnum):
    """What a frame after the hello is."""

    RECONCILE = 1
    HAVE = 2
    WANT = 3
    GIVE = 4


class Exhausted(Exception):
    """The session has used up its frames or bytes; nobody's fault."""


class OtherNetwork(Exception):
    """The peer is on another network; nobody's fault."""


class Channel:
    """Frames of one session, sealed in a closed network, within the session's limits."""

    def __init__(
        self, stream: Stream, network: Network, random_bytes: Callable[[int], bytes]
    ) -> None:
        self._stream = stream
        self._network = network
        self._random_bytes = random_bytes
        self._frames = 0

    @property
    def peer_id(self) -> str:
        return self._stream.peer_id

    @property
    def left(self) -> float:
        """The share of the session that is left to send, from 1 down to 0."""
        frames = self._frames / limits.SESSION_MESSAGES
        return 1 - max(frames, self._stream.sent / limits.SESSION_BYTES)

    async def send_hello(self, values: list[Any]) -> None:
        """The version and these, after the network's id in clear, so that others can leave."""
        await self._stream.send(self._network.id + self._sealed(canonical.pack([VERSION, *values])))

    async def receive_hello(self) -> list[Any] | None:
        """What follows the version in the peer's hello; None if it left, or speaks another version.

        Raises OtherNetwork, RemoteError.
        """
        frame = await self._stream.receive()
        if frame is None:
            return None
        if frame[:NETWORK_ID_BYTES] != self._network.id:
            raise OtherNetwork
        return read_version(_unpack(self._network.open(frame[NETWORK_ID_BYTES:])))

    async def send(self, kind: Kind, value: Any) -> None:
        """One frame. Raises Exhausted when the session's limit is reached."""
        if self._frames >= limits.SESSION_MESSAGES or self._stream.sent >= limits.SESSION_BYTES:
            raise Exhausted
        self._frames += 1
        await self._stream.send(self._sealed(bytes([kind]) + canonical.pack(value)))

    async def receive(self) -> tuple[Kind, Any] | None:
        """The next frame, None when the peer has ended. Raises RemoteError for what is none."""
        if self._stream.received > 2 * limits.SESSION_BYTES:
            raise Exhausted
        frame = await self._stream.receive()
        if frame is None:
            return None
        payload = self._network.open(frame)
        if not payload or payload[0] not in set(Kind):
            raise RemoteError("undecodable", "a sync frame of no known kind")
        return Kind(payload[0]), _unpack(payload[1:])

    async def ask(self, kind: Kind, value: Any, answer: Kind) -> Any:
        """Send, and receive the answer's value. Raises Exhausted when the peer has ended."""
        await self.send(kind, value)
        return await self.expect(answer)

    async def expect(self, kind: Kind) -> Any:
        """The value of the next frame, which must be of this kind."""
        received = await self.receive()
        if received is None:
            raise Exhausted
        if received[0] is not kind:
            raise RemoteError(
                "undecodable",
                "a sync frame {name} in place of {name2}",
                name=received[0].name,
                name2=kind.name,
            )
        return received[1]

    def _sealed(self, payload: bytes) -> bytes:
        return self._network.seal(payload, self._random_bytes(NONCE_BYTES))


def read_version(value: Any) -> list[Any] | None:
    """What follows the version; None if it is another one. Raises RemoteError.

    (A pattern such as `[1, *_]` would take true and 1.0 for 1.)
    """
    match value:
        case [version, *values] if type(version) is int:
            return values if version == VERSION else None
    raise RemoteError("undecodable", "a hello that begins with no version")


def _unpack(data: bytes) -> Any:
    try:
        return canonical.unpack(data)
    except Invalid as error:
        raise RemoteError(
            "undecodable", "a sync frame cannot be read: {error}", error=error
        ) from None
