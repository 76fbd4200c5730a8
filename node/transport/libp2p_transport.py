"""The transport over libp2p: one host with gossip, its connections, topics and streams."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, cast

import trio
from libp2p.custom_types import TProtocol
from libp2p.network.swarm import Swarm
from libp2p.peer.id import ID
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

from potluck.node import limits
from potluck.protocol.errors import LocalError, RemoteError

from . import multiaddrs as addresses
from .circuits import Circuits
from .frames import Disconnected, NotServed, Stream
from .guards.connections import guard_dials, guard_doors, guard_inbound, guard_streams
from .guards.pubsub import GuardedPubsub
from .guards.rpc import make_message
from .host import make_host, make_router
from .interface import Handler, Hooks, Validator
from .libp2p_log import redirect_libp2p
from .mdns import find_nearby
from .notifee import Notifee
from .protocols import PING, StreamProtocol
from .resolving import resolve
from .serving import Serving
from .streams import framed, open_stream, why

logger = logging.getLogger(__name__)
redirect_libp2p()

PING_BYTES = 32

RandomBytes = Callable[[int], bytes]


class Libp2pTransport(Hooks):
    """One libp2p host with GossipSub, listening while `running`.

    `seed` (32 bytes) fixes the peer id; it is not the host key, so relaying names no author.
    The rest is as interface.Transport says.
    """

    def __init__(self, seed: bytes, listen: list[str], random_bytes: RandomBytes) -> None:
        super().__init__()
        self._listen = [Multiaddr(addresses.check_listen(address)) for address in listen]
        self._random_bytes = random_bytes
        self._host = make_host(seed, self._listen)
        self._swarm = cast(Swarm, self._host.get_network())
        self._gossip = make_router()
        self._pubsub = GuardedPubsub(self._host, self._gossip, self._report)
        self._dials = trio.CapacityLimiter(limits.MAX_CONCURRENT_DIALS)
        self._connected: set[str] = set()
        self._dialled: set[str] = set()
        self._nursery: trio.Nursery | None = None
        self.peer_id = str(self._host.get_id())
        guard_streams(self._host)
        guard_dials(self._swarm)
        # Asked by name each time: the hooks may be set later.
        self._may_enter = guard_inbound(
            self._swarm,
            lambda who: self.admits(who),  # noqa: PLW0108 - as above
            lambda peer: self.is_wanted(peer),  # noqa: PLW0108
        )
        # A lambda, since `admits` is set later.
        admits = lambda peer_id: self.admits(peer_id)  # noqa: E731, PLW0108
        self._circuits = Circuits(self._host, admits, self._report)
        self._swarm.register_notifee(Notifee(self._opened, self._closed))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while inside. Raises LocalError if an address cannot be listened on."""
        async with trio.open_nursery() as nursery, AsyncExitStack() as stack:
            self._nursery = nursery
            # Services first, the host last: a connection that arrives earlier kills the host.
            await stack.enter_async_context(background_trio_service(self._pubsub))
            await stack.enter_async_context(background_trio_service(self._gossip))
            await self._pubsub.wait_until_ready()
            await stack.enter_async_context(self._host.run(listen_addrs=self._listen))
            if not self._host.get_transport_addrs():
                raise LocalError(
                    "cannot listen on {listen}; choose another port",
                    listen=", ".join(map(str, self._listen)),
                )
            guard_doors(self._swarm, self._may_enter)
            try:
                yield
            finally:
                await self._hang_up()

    async def _hang_up(self) -> None:
        """Close all sockets; cancelled services leave them open, listening ones too."""
        with trio.CancelScope(shield=True, deadline=trio.current_time() + limits.HANG_UP_SECONDS):
            for listener in self._swarm.listeners.values():
                await listener.close()
            async with trio.open_nursery() as nursery:
                for connection in self._swarm.get_connections():
                    nursery.start_soon(connection.close)

    # --- connections ------------------------------------------------------------------------

    @property
    def addresses(self) -> list[str]:
        """See Transport; 0.0.0.0 stands as what it means."""
        bound = [str(address) for address in self._host.get_transport_addrs()]
        direct = [f"{address}/p2p/{self.peer_id}" for address in addresses.expand(bound)]
        return direct + [addresses.through(relay, self.peer_id) for relay in self.reserved]

    @property
    def reserved(self) -> list[str]:
        return list(self._circuits.reserved.values())

    @property
    def peers(self) -> list[str]:
        return sorted(self._connected)

    def address_of(self, peer_id: str) -> str | None:
        for connection in self._swarm.get_connections(ID.from_string(peer_id)):
            remote = cast(Any, connection).muxed_conn.get_remote_address()
            if remote is not None:
                return str(remote[0])
        return None

    def relay_of(self, peer_id: str) -> str | None:
        return self._circuits.relay_of(peer_id)

    async def reserve(self, relay: str) -> int:
        return await self._circuits.reserve(addresses.read(relay).peer_id, relay)

    async def resolve(self, address: str) -> list[str]:
        return await resolve(address)

    async def probe(self, ip: str, port: int) -> bool:
        try:
            with trio.fail_after(limits.DIAL_TIMEOUT):
                connection = await trio.open_tcp_stream(ip, port)
        except (OSError, trio.TooSlowError):
            return False
        await connection.aclose()
        return True

    async def dial(self, address: str) -> str:
        """See Transport. It dials one address itself: libp2p's dial_peer prefers whatever the peer
        claimed when it was last connected, and blocks a peer for a minute after one failure."""
        to = addresses.read(address)
        peer_id = to.peer_id
        if peer_id == self.peer_id:
            raise LocalError("that is this node's own address; give the address of another node")
        if not self.admits(peer_id) or not (to.ip is None or self.admits(to.ip)):
            raise LocalError(
                "{peer_id} is banned here; lift that first: potluck peers unban", peer_id=peer_id
            )
        if peer_id in self._connected:
            return peer_id
        if to.relay is None:
            dial = partial(self._swarm.dial_addr, Multiaddr(to.target), ID.from_string(peer_id))
            await self._connect(to.target, peer_id, dial)
        else:
            await self._dial_through(to.relay, peer_id)
        return peer_id

    async def _dial_through(self, relay: str, peer_id: str) -> None:
        relay_id = addresses.read(relay).peer_id
        try:
            with self._circuits.borrowing(relay_id):
                await self.dial(relay)
                await self._connect(relay, peer_id, partial(self._circuits.dial, relay_id, peer_id))
        finally:
            self._return_relays()

    async def _connect(
        self, target: str, peer_id: str, dial: Callable[[], Awaitable[object]]
    ) -> None:
        async with self._dials:
            self._dialled.add(peer_id)
            try:
                with trio.fail_after(limits.DIAL_TIMEOUT):
                    await dial()
            except BaseException as error:
                self._dialled.discard(peer_id)  # if it is here now, it was it that came
                if isinstance(error, trio.TooSlowError):
                    raise Disconnected(
                        f"no answer from {target} within {limits.DIAL_TIMEOUT:.0f} s"
                    ) from None
                if isinstance(error, Disconnected) or not isinstance(error, Exception):
                    raise
                raise Disconnected(f"cannot connect to {target}: {why(error)}") from error

    def _return_relays(self) -> None:
        """Part soon with relays that were dialled only for circuits which have ended."""
        if self._nursery is not None:
            self._nursery.start_soon(self._part_with_idle_relays)

    async def _part_with_idle_relays(self) -> None:
        await trio.sleep(limits.RELAY_LINGER)
        for relay in self._circuits.returned():
            await self.disconnect(relay)

    def dialled(self, peer_id: str) -> bool:
        return peer_id in self._dialled

    async def find_nearby(self, found: Callable[[str], None]) -> None:
        """Be announced by mDNS, and tell `found` the addresses of others, until cancelled."""
        await find_nearby(self._swarm, self.addresses, found)

    async def disconnect(self, peer_id: str) -> None:
        await self._host.disconnect(ID.from_string(peer_id))

    async def ping(self, peer_id: str) -> None:
        """See Transport. That it does not serve pings, as many a relay, is an answer too."""
        sent = self._random_bytes(PING_BYTES)
        try:
            stream = await self._open(peer_id, PING)
        except NotServed:
            return
        try:
            await stream.write(sent)
            if await stream.read(PING_BYTES) != sent:
                raise Disconnected("a ping came back changed")
        finally:
            await stream.reset()

    # --- gossip -----------------------------------------------------------------------------

    async def subscribe(self, topic: str, validator: Validator) -> None:
        self._pubsub.set_validator(topic, validator)
        await self._pubsub.subscribe(topic)

    async def publish(self, topic: str, payload: bytes) -> None:
        message = make_message(topic, payload, self._random_bytes)
        await self._pubsub.push_msg(self._host.get_id(), message)
        await trio.lowlevel.checkpoint()

    def topics_of(self, peer_id: str) -> set[str]:
        """What a connected peer gossips on, as far as it has said so; of others' topics one."""
        peer = ID.from_string(peer_id)
        ours = {topic for topic, peers in self._pubsub.peer_topics.items() if peer in peers}
        other = self._pubsub.other_topics.get(peer)
        return ours if other is None else ours | {other}

    def mesh(self, topic: str) -> set[str]:
        """The peers that gossip on the topic goes to."""
        return {str(peer) for peer in self._gossip.mesh.get(topic, ())}

    # --- streams ----------------------------------------------------------------------------

    def handle(self, protocol: StreamProtocol, handler: Handler) -> None:
        serving = Serving(protocol, handler, self.report)

        async def serve(raw: Any) -> None:
            await serving.serve(framed(raw))

        self._host.set_stream_handler(TProtocol(protocol.id), serve)

    async def open_stream(self, peer_id: str, protocol: StreamProtocol) -> Stream:
        return await self._open(peer_id, protocol.id)

    async def _open(self, peer_id: str, protocol: str) -> Stream:
        if peer_id not in self._connected:
            raise Disconnected("not connected with this peer")
        return await open_stream(self._host, peer_id, protocol)

    # --- hooks ------------------------------------------------------------------------------

    def report(self, peer_id: str, error: RemoteError) -> None:
        self._report(ID.from_string(peer_id), error)

    def _report(self, peer: ID, error: RemoteError) -> None:
        self.on_offence(str(peer), error)
        if self._nursery is not None:
            self._nursery.start_soon(self._host.disconnect, peer)

    async def _opened(self, peer: ID) -> None:
        """libp2p has a new connection with the peer."""
        peer_id = str(peer)
        if not self.admits(peer_id):
            await self._host.disconnect(peer)
        elif peer_id not in self._connected:
            self._connected.add(peer_id)
            self.on_connect(peer_id)

    async def _closed(self, peer: ID) -> None:
        """libp2p has one connection less with the peer."""
        peer_id = str(peer)
        if peer_id in self._connected and not self._swarm.get_connections(peer):
            self._connected.discard(peer_id)
            self._dialled.discard(peer_id)
            self._pubsub.forget(peer)
            self._circuits.reserved.pop(peer_id, None)
            if self._circuits.borrowed:
                self._return_relays()
            self.on_disconnect(peer_id)
