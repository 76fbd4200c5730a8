"""What a peer may say on a stream: how long a frame, how many of them."""

from __future__ import annotations

import pytest

from potluck.node import limits
from potluck.node.transport.channel import Channel, Exhausted, Kind
from potluck.node.transport.frames import Stream
from potluck.protocol.errors import RemoteError
from tests.builders import NETWORK


class Raw:
    """What a peer has sent; what is sent to it goes nowhere."""

    def __init__(self, sent: bytes = b"") -> None:
        self._sent = sent

    async def read(self, n: int | None = None) -> bytes:
        most = len(self._sent) if n is None else n
        part, self._sent = self._sent[:most], self._sent[most:]
        return part

    async def write(self, data: bytes) -> None:
        pass

    async def close(self) -> None:
        pass

    async def reset(self) -> None:
        pass


def channel(sent: bytes = b"") -> tuple[Stream, Channel]:
    stream = Stream(Raw(sent), "peer")
    return stream, Channel(stream, NETWORK, bytes)


async def test_a_frame_that_would_be_too_long_is_an_offence_before_it_comes() -> None:
    longest = limits.MAX_FRAME.to_bytes(4, "big") + bytes(limits.MAX_FRAME)
    assert len(await Stream(Raw(longest), "peer").receive() or b"") == limits.MAX_FRAME
    with pytest.raises(RemoteError, match="a frame of 65537 bytes"):
        await Stream(Raw((limits.MAX_FRAME + 1).to_bytes(4, "big")), "peer").receive()


async def test_a_session_sends_so_many_frames() -> None:
    _, said = channel()
    for _ in range(limits.SESSION_MESSAGES):
        await said.send(Kind.WANT, [])
    with pytest.raises(Exhausted):
        await said.send(Kind.WANT, [])


async def test_a_session_sends_so_many_bytes() -> None:
    stream, said = channel()
    stream.sent = limits.SESSION_BYTES - 1
    await said.send(Kind.WANT, [])
    with pytest.raises(Exhausted):
        await said.send(Kind.WANT, [])


async def test_a_session_hears_so_many_bytes() -> None:
    frame = b"\0\0\0\2\3\x90"
    stream, said = channel(2 * frame)
    stream.received = 2 * limits.SESSION_BYTES
    assert await said.receive() == (Kind.WANT, [])
    with pytest.raises(Exhausted):
        await said.receive()
