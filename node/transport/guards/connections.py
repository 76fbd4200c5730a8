"""Connections, streams and dials, guarded."""

import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, cast

import libp2p.io.trio
import libp2p.stream_muxer.muxer_multistream
import trio
from libp2p.host.basic_host import BasicHost
from libp2p.io.exceptions import IncompleteReadError, IOException
from libp2p.io.trio import TrioTCPStream
from libp2p.network.connection.exceptions import RawConnError
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.network.exceptions import SwarmException
from libp2p.network.stream.exceptions import StreamError
from libp2p.network.swarm import Swarm
from libp2p.peer.id import ID
from libp2p.stream_muxer.yamux.yamux import GO_AWAY_NORMAL, HEADER_SIZE, Yamux

from potluck.node import limits
from potluck.node.ips import is_loopback, range_of
from potluck.node.transport.inbound import Handshakes, Inbound
from potluck.node.transport.token_bucket import Bucket, Buckets

logger = logging.getLogger(__name__)

GONE = (StreamError, IncompleteReadError, IOException, RawConnError, trio.ClosedResourceError)
"""What libp2p raises when the other end has gone: nobody's fault."""

_remote_address = TrioTCPStream.get_remote_address


def _host_and_port(stream: TrioTCPStream) -> tuple[str, int] | None:
    """Where the other end is, in IPv6 too: its address has four parts, and libp2p knows none."""
    remote = _remote_address(stream)
    if remote is None:
        try:
            host, port, *_ = stream.stream.socket.getpeername()
        except (OSError, AttributeError):  # gone, or no TCP
            return None
        remote = stream._cached_remote_address = (str(host), int(port))
    return remote


vars(libp2p.io.trio)["TrioTCPStream"].get_remote_address = _host_and_port


class Paced:
    """A connection of which the muxer's frames are read at a rate, and noise's messages, of which
    one holds many frames or a part of one; TCP then slows the peer."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        now = trio.current_time()
        self._frames = Bucket(limits.MUXER_FRAMES_PER_SECOND, limits.MUXER_FRAMES_BURST, now)
        self._messages = Bucket(limits.NOISE_MESSAGES_PER_SECOND, limits.NOISE_MESSAGES_BURST, now)
        self._read_message = connection.conn.read_msg
        connection.conn.read_msg = self._read_message_in_turn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def read(self, n: int | None = None) -> bytes:
        if n == HEADER_SIZE:
            await trio.sleep(self._frames.take(1, trio.current_time()))
        data: bytes = await self._connection.read(n)
        return data

    async def _read_message_in_turn(self) -> bytes:
        await trio.sleep(self._messages.take(1, trio.current_time()))
        message: bytes = await self._read_message()
        return message


class GuardedYamux(Yamux):
    """Yamux whose failure ends its connection only, not the swarm that runs it."""

    async def start(self) -> None:
        """Run until the connection ends, and leave it closed."""
        self.secured_conn = cast(Any, Paced(self.secured_conn))
        try:
            await super().start()
        except Exception:
            logger.debug("a connection failed", exc_info=True)
        if not self.is_closed:
            await self.close()
        self.event_started.set()  # for whoever waits for a start that failed

    async def close(self, error_code: int = GO_AWAY_NORMAL) -> None:
        """Say goodbye and close; libp2p waits for ever where a peer takes no more bytes."""
        try:
            with trio.move_on_after(limits.HANG_UP_SECONDS):
                await super().close(error_code)
        finally:
            if not self.is_closed:
                with trio.CancelScope(shield=True):
                    await self._cleanup_on_error()


# libp2p makes a Yamux by this name, whatever muxer it is given.
vars(libp2p.stream_muxer.muxer_multistream)["Yamux"] = GuardedYamux


def guard_streams(host: BasicHost) -> None:
    """Contain every stream handler: one that raises ends the whole host in libp2p.

    Also bounds the streams that one peer may hold open, and how often it may open one.
    """
    handle = host._swarm_stream_handler
    open_streams: Counter[ID] = Counter()
    begun: Buckets[ID] = Buckets(
        limits.STREAMS_PER_SECOND, limits.STREAMS_BURST, limits.MAX_ASKERS_TRACKED
    )

    async def guarded(stream: Any) -> None:
        peer = stream.muxed_conn.peer_id
        full = open_streams[peer] >= limits.MAX_STREAMS_PER_PEER
        if full or not begun.take_if_there(peer, trio.current_time()):
            await stream.reset()
            return
        open_streams[peer] += 1
        try:
            await handle(stream)
        except Exception:
            logger.debug("a stream failed", exc_info=True)
            with trio.CancelScope(shield=True):
                await stream.reset()
        finally:
            open_streams[peer] -= 1
            if not open_streams[peer]:
                del open_streams[peer]

    host.get_network().set_stream_handler(guarded)


def guard_inbound(
    swarm: Swarm, admits: Callable[[str], bool], is_wanted: Callable[[str], bool]
) -> Callable[[str], bool]:
    """Ask admits(ip) before the handshake, bound what comes in, and free the slot at its end;
    returns whether an ip may enter now, for `guard_doors`.

    libp2p frees an inbound slot only at shutdown: after max_connections inbound connections in its
    life a node accepts no more. Its one bound counts both directions and no handshakes, so that
    idle strangers keep a node from dialling, and half-open sockets everybody from coming in.
    """
    handshakes, inbound = Handshakes(), Inbound()
    trying: dict[Hashable, trio.CancelScope] = {}
    swarm._inbound_limiter = trio.CapacityLimiter(limits.MAX_INBOUND + limits.MAX_HANDSHAKES)

    def wants(connection: Any) -> bool:
        return is_wanted(str(connection.peer_id))

    async def upgrade(socket: Any, maddr: Any, place: str) -> Any:
        scope = trio.move_on_after(limits.HANDSHAKE_SECONDS)
        displaced = handshakes.begin(socket, place)
        if displaced is not None:
            trying[displaced].cancel()
        trying[socket] = scope
        try:
            with scope:
                return await swarm.upgrade_inbound_raw_conn(RawConnection(socket, False), maddr)
        except Exception:
            logger.debug("an inbound connection failed", exc_info=True)
        finally:
            handshakes.end(socket)
            del trying[socket]
        return None

    async def accept(socket: Any, maddr: Any, _failure: Any) -> None:
        remote = socket.get_remote_address()
        if remote is None or not admits(remote[0]):
            await socket.close()
            return
        place = range_of(remote[0])
        connection = await upgrade(socket, maddr, place)
        if connection is None:
            await socket.close()
            return
        surplus: Any = inbound.enter(connection, place, wants)
        try:
            if surplus is not None:
                await surplus.close()
            await connection.event_closed.wait()
        finally:
            inbound.leave(connection)

    def may_enter(ip: str) -> bool:
        place = range_of(ip)
        knocks = admits(ip) and handshakes.may_knock(place, trio.current_time())
        return knocks and (is_loopback(ip) or inbound.has_room(place))

    swarm._do_handle_inbound_connection = accept  # type: ignore[method-assign, assignment]
    return may_enter


def guard_doors(swarm: Swarm, may_enter: Callable[[str], bool]) -> None:
    """Close what may not enter where it is accepted, one a turn of the loop: with a task for each,
    as libp2p has it, sockets opened without end took five times as much of every turn.

    (What waited before this was called comes as far as `guard_inbound`.)
    """
    for listener in cast(Any, swarm.listeners.values()):
        for door in listener.listeners:
            door.accept = partial(_first_who_may, door.accept, may_enter)


async def _first_who_may(
    accept: Callable[[], Awaitable[trio.SocketStream]], may_enter: Callable[[str], bool]
) -> trio.SocketStream:
    while True:
        stream = await accept()
        with contextlib.suppress(OSError):  # it has gone
            if may_enter(stream.socket.getpeername()[0]):
                return stream
        stream.socket.close()


def guard_dials(swarm: Swarm) -> None:
    """Dial only when told to: libp2p dials peers that others named to it, and to open a stream with
    a peer that was just disconnected it dials that peer again, banned or not."""

    async def connect_to_nobody() -> None:
        pass

    async def dial_nobody(_peer: ID) -> Any:
        raise SwarmException("not connected with this peer")

    swarm.auto_connector.maybe_connect = connect_to_nobody  # type: ignore[method-assign]
    swarm.dial_peer = dial_nobody  # type: ignore[method-assign, assignment]
