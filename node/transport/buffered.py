"""Reading a libp2p stream in large pieces."""

from typing import Protocol

PIECE = 64 * 1024
"""Bytes asked for at once."""


class Readable(Protocol):
    """What of a stream is used here."""

    async def read(self, n: int | None = None) -> bytes: ...


class Buffered:
    """A stream whose small reads come from memory.

    Yamux answers every read by a window update, a frame and a system call of its own: byte by byte
    that cost more than all else about a gossip message.
    """

    def __init__(self, raw: Readable) -> None:
        self._raw = raw
        self._piece = b""
        self._at = 0

    async def read(self, n: int) -> bytes:
        """At least one and at most `n` bytes, or none at the end; raises what the stream raises."""
        if self._at == len(self._piece):
            self._piece = bytes(await self._raw.read(max(n, PIECE)))
            self._at = 0
        part = self._piece[self._at : self._at + n]
        self._at += len(part)
        return part
