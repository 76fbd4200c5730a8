"""Streams of Potluck's own protocols, opened and served."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import trio
from libp2p.custom_types import TProtocol
from libp2p.host.basic_host import BasicHost
from libp2p.peer.id import ID
from libp2p.protocol_muxer.exceptions import MultiselectClientError

from potluck.node import limits
from potluck.protocol.errors import RemoteError

from .frames import Disconnected, NotServed, Stream

logger = logging.getLogger(__name__)

Handler = Callable[[Stream], Awaitable[None]]


def serving(
    handler: Handler, protocol: str, report: Callable[[str, RemoteError], None]
) -> Callable[[Any], Awaitable[None]]:
    """The handler for libp2p: whatever happens in it ends its stream, and only a RemoteError more."""

    async def serve(raw: Any) -> None:
        stream = Stream(raw, str(raw.muxed_conn.peer_id))
        try:
            await handler(stream)
            await stream.close()
        except Disconnected:
            await stream.reset()
        except RemoteError as error:
            report(stream.peer_id, error)
        except Exception:
            logger.exception("a stream of %s failed", protocol)
            await stream.reset()

    return serve


async def open_stream(host: BasicHost, peer_id: str, protocol: str) -> Stream:
    """A stream with a connected peer; raises Disconnected if it is gone, NotServed if it says no."""
    try:
        with trio.fail_after(limits.FRAME_DEADLINE):
            raw = await host.new_stream(ID.from_string(peer_id), [TProtocol(protocol)])
    except trio.TooSlowError:
        raise Disconnected("the peer fell silent") from None
    except Exception as error:
        cause = root(error)
        # libp2p has one class for all that goes wrong here; its words are "protocols not supported".
        refused = isinstance(cause, MultiselectClientError) and "supported" in str(cause)
        kind = NotServed if refused else Disconnected
        raise kind(f"no stream for {protocol}: {cause}") from error
    return Stream(raw, peer_id)


def root(error: BaseException) -> BaseException:
    """What an error was first caused by: libp2p wraps it several times."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
