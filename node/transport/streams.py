"""Streams of Potluck's own protocols over libp2p."""

import os
from collections.abc import Awaitable
from typing import Any, TypeVar

import trio
from libp2p.custom_types import TProtocol
from libp2p.exceptions import ParseError
from libp2p.host.basic_host import BasicHost
from libp2p.peer.id import ID
from libp2p.protocol_muxer.exceptions import MultiselectClientError

from potluck.node import limits

from .frames import Disconnected, NotServed, Stream
from .guards.connections import GONE

T = TypeVar("T")


class RawStream:
    """A libp2p stream whose losses are Disconnected."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    async def read(self, n: int | None = None) -> bytes:
        return bytes(await _lost(self._raw.read(n)))

    async def write(self, data: bytes) -> None:
        await _lost(self._raw.write(data))

    async def close(self) -> None:
        await _lost(self._raw.close())

    async def reset(self) -> None:
        await self._raw.reset()


async def _lost(action: Awaitable[T]) -> T:
    try:
        return await action
    except EOFError:
        raise
    except GONE as error:
        raise Disconnected("the connection was lost") from error


def framed(raw: Any) -> Stream:
    return Stream(RawStream(raw), str(raw.muxed_conn.peer_id))


async def open_stream(host: BasicHost, peer_id: str, protocol: str) -> Stream:
    """Raises Disconnected if the peer is gone, NotServed if it says no."""
    try:
        with trio.fail_after(limits.FRAME_DEADLINE):
            raw = await host.new_stream(ID.from_string(peer_id), [TProtocol(protocol)])
    except trio.TooSlowError:
        raise Disconnected("the peer fell silent") from None
    except Exception as error:
        cause = root(error)
        # libp2p has one class for all that goes wrong here; its words are "protocols not
        # supported".
        refused = isinstance(cause, MultiselectClientError) and "supported" in str(cause)
        kind = NotServed if refused else Disconnected
        raise kind(f"no stream for {protocol}: {cause}") from error
    return Stream(RawStream(raw), peer_id)


def root(error: BaseException) -> BaseException:
    """What an error was first caused by: libp2p wraps it several times, trio in a group."""
    while True:
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        elif error.__cause__ is not None:
            error = error.__cause__
        else:
            return error


def why(error: BaseException) -> str:
    """The same in words for a person."""
    cause = root(error)
    if isinstance(cause, OSError) and cause.errno is not None:
        return os.strerror(cause.errno)
    return "what answers there is no node" if isinstance(cause, ParseError) else str(cause)
