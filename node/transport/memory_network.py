"""A network in memory, behind the same interface: for tests in virtual time, and laboratories.

Everything takes the time that `delay` says, by trio's clock; what takes for ever is lost, as behind
a cable that was cut. Gossip is a flood over all connections: what it lacks is GossipSub's meshes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b

import trio

from potluck.node import limits
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.identity import Identity

from . import multiaddrs
from .frames import Disconnected, NotServed, Stream
from .interface import Handler, Hooks, Validator
from .memory_stream import MemoryStream, Pipe
from .peer_id import peer_id_of
from .protocols import StreamProtocol
from .serving import Serving

Delay = Callable[[str, str, int], float]
"""Seconds that so many bytes take from one peer to another."""


class MemoryNetwork:
    """Who is where. `names` are the ips that names stand for."""

    def __init__(self, delay: Delay = lambda _source, _target, _size: 0.0) -> None:
        self.delay = delay
        self.names: dict[str, list[str]] = {}
        self.dials: list[str] = []
        """The addresses that were dialled, without the peer's id, in order."""
        self._listening: dict[tuple[str, int], MemoryTransport] = {}

    def listen(self, transport: MemoryTransport) -> None:
        self._listening[transport.ip, transport.port] = transport

    def leave(self, transport: MemoryTransport) -> None:
        del self._listening[transport.ip, transport.port]

    def at(self, ip: str, port: int) -> MemoryTransport | None:
        return self._listening.get((ip, port))


class MemoryTransport(Hooks):
    """One node of a network in memory; the rest is as interface.Transport says."""

    def __init__(self, network: MemoryNetwork, seed: bytes, ip: str, port: int = 4001) -> None:
        super().__init__()
        self.peer_id = peer_id_of(Identity.from_seed(seed).key)
        self.ip = ip
        self.port = port
        self._network = network
        self._links: dict[str, _Link] = {}
        self._served: dict[str, Serving] = {}
        self._topics: dict[str, Validator] = {}
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._nursery: trio.Nursery | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with trio.open_nursery() as self._nursery:
            self._network.listen(self)
            try:
                yield
            finally:
                self._network.leave(self)
                with trio.CancelScope(shield=True):
                    for peer_id in self.peers:
                        await self.disconnect(peer_id)
                self._nursery.cancel_scope.cancel()
                self._nursery = None  # noqa: PLW2901 - nobody is served any more

    # --- connections

    @property
    def addresses(self) -> list[str]:
        kind = "ip6" if ":" in self.ip else "ip4"
        return [f"/{kind}/{self.ip}/tcp/{self.port}/p2p/{self.peer_id}"]

    @property
    def reserved(self) -> list[str]:
        """None: there are no relays."""
        return []

    @property
    def peers(self) -> list[str]:
        return sorted(self._links)

    def address_of(self, peer_id: str) -> str | None:
        link = self._links.get(peer_id)
        return None if link is None else link.other(self).ip

    def relay_of(self, _peer_id: str) -> str | None:
        """None: there are no relays."""
        return None

    def dialled(self, peer_id: str) -> bool:
        return peer_id in self._links and self._links[peer_id].dialler is self

    async def reserve(self, _relay: str) -> int:
        """Raises Disconnected: there are no relays."""
        raise Disconnected("there are no relays in memory")

    async def resolve(self, address: str) -> list[str]:
        named = multiaddrs.read(address)
        if named.ip is not None:
            return [address]
        if named.host not in self._network.names:
            raise Disconnected(f"the name {named.host} stands for no address")
        return [multiaddrs.at_ip(named, ip) for ip in self._network.names[named.host]]

    async def dial(self, address: str) -> str:
        to = multiaddrs.read(address)
        if to.peer_id == self.peer_id:
            raise LocalError("that is this node's own address; give the address of another node")
        if to.ip is None or not self.admits(to.peer_id) or not self.admits(to.ip):
            raise LocalError(
                "{peer_id} is banned here; lift that first: potluck peers unban", peer_id=to.peer_id
            )
        if to.peer_id in self._links:
            return to.peer_id
        self._network.dials.append(to.target)
        other = self._network.at(to.ip, to.port)
        with trio.move_on_after(limits.DIAL_TIMEOUT):
            await self.travel(other, 100)
            if other is not None and other.peer_id == to.peer_id and other.takes(self):
                _Link(self, other).open()
                return to.peer_id
        raise Disconnected(f"nobody answers at {to.target}")

    def takes(self, caller: MemoryTransport) -> bool:
        open_to_it = self.admits(caller.ip) and self.admits(caller.peer_id)
        return self._nursery is not None and open_to_it and caller.peer_id not in self._links

    async def disconnect(self, peer_id: str) -> None:
        link = self._links.get(peer_id)
        if link is not None:
            link.close()
        await trio.lowlevel.checkpoint()

    async def ping(self, peer_id: str) -> None:
        link = self._link(peer_id)
        await self.travel(link.other(self), 32)
        await link.other(self).travel(self, 32)
        self._link(peer_id)

    async def probe(self, ip: str, port: int) -> bool:
        self._network.dials.append(f"/ip4/{ip}/tcp/{port}")
        await self.travel(self._network.at(ip, port), 100)
        return self._network.at(ip, port) is not None

    async def travel(self, other: MemoryTransport | None, size: int) -> None:
        """Take the time of so many bytes to another."""
        target = self.peer_id if other is None else other.peer_id
        await trio.sleep(self._network.delay(self.peer_id, target, size))

    def _link(self, peer_id: str) -> _Link:
        link = self._links.get(peer_id)
        if link is None:
            raise Disconnected("not connected with this peer")
        return link

    # --- gossip

    async def subscribe(self, topic: str, validator: Validator) -> None:
        self._topics[topic] = validator
        await trio.lowlevel.checkpoint()

    async def publish(self, topic: str, payload: bytes) -> None:
        self._is_new(topic, payload)
        self._flood(topic, payload, self.peer_id)
        await trio.lowlevel.checkpoint()

    def _is_new(self, topic: str, payload: bytes) -> bool:
        mark = blake2b(topic.encode() + b"\0" + payload, digest_size=16).digest()
        new = mark not in self._seen
        self._seen[mark] = None
        if len(self._seen) > limits.SEEN_MESSAGES:
            self._seen.popitem(last=False)
        return new

    def _flood(self, topic: str, payload: bytes, source: str) -> None:
        for peer_id, link in self._links.items():
            if peer_id != source and self._nursery is not None:
                self._nursery.start_soon(self._pass_on, link, topic, payload)

    async def _pass_on(self, link: _Link, topic: str, payload: bytes) -> None:
        other = link.other(self)
        await self.travel(other, len(payload))
        if link.is_open:
            other.receive_gossip(self.peer_id, topic, payload)

    def receive_gossip(self, peer_id: str, topic: str, payload: bytes) -> None:
        """A message from a peer; it is forwarded if its validator says so."""
        if topic not in self._topics or not self._is_new(topic, payload):
            return
        try:
            forward = self._topics[topic](peer_id, payload)
        except RemoteError as error:
            self.report(peer_id, error)
        else:
            if forward:
                self._flood(topic, payload, peer_id)

    # --- streams

    def handle(self, protocol: StreamProtocol, handler: Handler) -> None:
        self._served[protocol.id] = Serving(protocol, handler, self.report)

    async def open_stream(self, peer_id: str, protocol: StreamProtocol) -> Stream:
        link = self._link(peer_id)
        other = link.other(self)
        with trio.move_on_after(limits.FRAME_DEADLINE) as patience:
            await self.travel(other, 50)
            await other.travel(self, 50)
        if patience.cancelled_caught or not link.is_open:
            raise Disconnected("the peer fell silent, or is gone")
        return other.accept_stream(self, link, protocol)

    def accept_stream(
        self, caller: MemoryTransport, link: _Link, protocol: StreamProtocol
    ) -> Stream:
        """The caller's end of a stream; ours is served. Raises NotServed."""
        if protocol.id not in self._served or self._nursery is None:
            raise NotServed(f"no stream for {protocol.id}")
        there = Pipe(lambda size: self._network.delay(caller.peer_id, self.peer_id, size))
        back = Pipe(lambda size: self._network.delay(self.peer_id, caller.peer_id, size))
        ours, theirs = (
            MemoryStream(there, back, link.streams),
            MemoryStream(back, there, link.streams),
        )
        serving = self._served[protocol.id]
        self._nursery.start_soon(serving.serve, Stream(ours, caller.peer_id))
        return Stream(theirs, self.peer_id)

    def report(self, peer_id: str, error: RemoteError) -> None:
        self.on_offence(peer_id, error)
        if self._nursery is not None:
            self._nursery.start_soon(self.disconnect, peer_id)

    # --- told by links

    def connected(self, other: MemoryTransport, link: _Link) -> None:
        self._links[other.peer_id] = link
        self.on_connect(other.peer_id)

    def disconnected(self, other: MemoryTransport) -> None:
        del self._links[other.peer_id]
        self.on_disconnect(other.peer_id)


class _Link:
    """A connection of two."""

    def __init__(self, dialler: MemoryTransport, listener: MemoryTransport) -> None:
        self.dialler = dialler
        self.listener = listener
        self.is_open = True
        self.streams: set[MemoryStream] = set()

    def other(self, one: MemoryTransport) -> MemoryTransport:
        return self.listener if one is self.dialler else self.dialler

    def open(self) -> None:
        self.dialler.connected(self.listener, self)
        self.listener.connected(self.dialler, self)

    def close(self) -> None:
        self.is_open = False
        for stream in self.streams:
            stream.cut()
        self.dialler.disconnected(self.listener)
        self.listener.disconnected(self.dialler)
