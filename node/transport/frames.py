"""Frames on a stream, with a bound on their size and one deadline for each."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import trio

from potluck.node import limits
from potluck.protocol.errors import PotluckError, RemoteError

from .buffered import Buffered, Readable

T = TypeVar("T")


class Disconnected(PotluckError):
    """The peer is gone, silent or out of reach: nobody's fault."""


class NotServed(Disconnected):
    """The peer answers, but does not speak that protocol."""


class RawStream(Readable, Protocol):
    """Bytes both ways. All may raise Disconnected; reading ends with no bytes or EOFError."""

    async def write(self, data: bytes) -> None: ...
    async def close(self) -> None: ...
    async def reset(self) -> None: ...


class Stream:
    """A stream of frames with one peer: a 4-byte big-endian length, then so many bytes.

    `sent` and `received` count bytes with the lengths. Everything raises Disconnected when the
    peer has gone, or when a whole frame does not move within `limits.FRAME_DEADLINE`.
    """

    def __init__(self, raw: RawStream, peer_id: str) -> None:
        self.peer_id = peer_id
        self.sent = 0
        self.received = 0
        self._raw = raw
        self._reader = Buffered(raw)

    async def send(self, frame: bytes) -> None:
        """Send one frame; ValueError if it is longer than limits.MAX_FRAME."""
        if len(frame) > limits.MAX_FRAME:
            raise ValueError(f"a frame of {len(frame)} bytes")
        await self.write(len(frame).to_bytes(4, "big") + frame)

    async def receive(self) -> bytes | None:
        """The next frame, or None when the peer has closed its side.

        Raises RemoteError if the peer announces more than limits.MAX_FRAME bytes.
        """
        return await _within(self._frame())

    async def _frame(self) -> bytes | None:
        head = await self._read(4)
        if not head:
            return None
        length = int.from_bytes(head, "big")
        if length > limits.MAX_FRAME:
            raise RemoteError(
                "oversize",
                "a frame of {length} bytes; at most {max_frame}",
                length=length,
                max_frame=limits.MAX_FRAME,
            )
        frame = await self._read(length)
        if len(head) < 4 or len(frame) < length:
            raise Disconnected("the stream ended within a frame")
        return frame

    async def close(self) -> None:
        """Say that nothing more follows from here; what was sent still arrives."""
        await _within(self._raw.close())

    async def reset(self) -> None:
        """Drop the stream and what is under way."""
        with trio.CancelScope(shield=True):
            await self._raw.reset()

    async def write(self, data: bytes) -> None:
        """Send bytes without a frame."""
        await _within(self._raw.write(data))
        self.sent += len(data)

    async def read(self, length: int) -> bytes:
        """So many bytes, or fewer if the stream ends first."""
        return await _within(self._read(length))

    async def _read(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            try:
                part = await self._reader.read(length - len(parts))
            except EOFError:
                break
            if not part:
                break
            parts += part
        self.received += len(parts)
        return bytes(parts)


async def _within(action: Awaitable[T]) -> T:
    """Await it within the deadline of a frame: all of it, however many pieces it comes in."""
    try:
        with trio.fail_after(limits.FRAME_DEADLINE):
            return await action
    except trio.TooSlowError:
        raise Disconnected("the peer fell silent") from None
