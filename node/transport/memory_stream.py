"""A stream in memory: bytes that take the time that a delay says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import trio

from potluck.node import limits

from .frames import Disconnected

WINDOW = 256 * limits.KIB
"""Bytes that wait for a reader before a writer waits, too (yamux's window)."""


class Pipe:
    """Bytes on their way from one to another; then perhaps an end, or a loss (None)."""

    def __init__(self, delay: Callable[[int], float]) -> None:
        self._delay = delay
        self._pieces: deque[tuple[float, bytes | None]] = deque()
        self._size = 0
        self._last = 0.0
        self._changed = trio.Event()
        self._cut = False

    async def write(self, data: bytes) -> None:
        while self._size > WINDOW and not self._cut:
            await self._changed.wait()
        if self._cut:
            raise Disconnected("the connection was lost")
        self.put(data)
        await trio.lowlevel.checkpoint()

    async def read(self, most: int) -> bytes:
        while not self._pieces and not self._cut:
            await self._changed.wait()
        if not self._cut:
            await trio.sleep_until(self._pieces[0][0])
        due, data = (0.0, None) if self._cut else self._pieces[0]
        if data is None:
            raise Disconnected("the connection was lost")
        if data:
            self._pieces.popleft()
        if len(data) > most:
            self._pieces.appendleft((due, data[most:]))
        self._size -= len(data[:most])
        self._change()
        return data[:most]

    def put(self, data: bytes | None) -> None:
        """On the way: bytes, none for the end, None for a loss."""
        size = len(data or b"")
        self._last = max(self._last, trio.current_time() + self._delay(size))
        self._pieces.append((self._last, data))
        self._size += size
        self._change()

    def cut(self) -> None:
        """Nothing arrives any more."""
        self._cut = True
        self._change()

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()


class MemoryStream:
    """One end of a stream; `streams` are those of its connection."""

    def __init__(self, incoming: Pipe, outgoing: Pipe, streams: set[MemoryStream]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._streams = streams
        streams.add(self)

    async def read(self, n: int | None = None) -> bytes:
        return await self._incoming.read(WINDOW if n is None else n)

    async def write(self, data: bytes) -> None:
        await self._outgoing.write(data)

    async def close(self) -> None:
        self._outgoing.put(b"")
        await trio.lowlevel.checkpoint()

    async def reset(self) -> None:
        """What was sent before still arrives."""
        self._incoming.cut()
        self._outgoing.put(None)
        self._streams.discard(self)
        await trio.lowlevel.checkpoint()

    def cut(self) -> None:
        self._incoming.cut()
        self._outgoing.cut()
