"""A running node: one nursery with everything in it, ended by SIGINT, SIGTERM or SIGHUP."""

from __future__ import annotations

import gc
import logging
import random
import secrets
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from potluck.node.clock import Clock, notice_sleep
from potluck.node.operations.lifecycle import backup
from potluck.protocol.errors import LocalError, Refused
from potluck.protocol.identity import Identity

from . import control
from .errors import InUse
from .home.bootstrap import first_peers
from .home.home import Home
from .home.lock import STARTING
from .operations import Json, Service
from .operations.health.status import status
from .operations.lifecycle.settings import check_all
from .operations.service import Health, Peer, open_store
from .operations.sharing.public_hand import deal_at_midnight
from .parts import Parts, first_of
from .peering.dial_back import Dialback
from .peering.dialer import Peers
from .peering.networks import elsewhere, is_known
from .peering.reservations import Relays
from .replication.gossip import Gossip
from .replication.holders import Reach
from .replication.intake import Intake
from .replication.sync import Sync
from .store import Store
from .transport.libp2p_transport import Libp2pTransport
from .transport.multiaddrs import listenable

if TYPE_CHECKING:
    from .web.server import Server

logger = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds to wait for a command that still holds the store."""

WATCH_SECONDS = 60
REPEAT_SECONDS = 3600

INTRODUCTION = 3.0
"""Seconds for a peer just connected to say what it gossips on."""

SPREADING = 8.0
"""Seconds in which connected nodes learn of many withdrawals."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What one run changes of the settings. None and empty: as they are. web "": no page."""

    listen: Sequence[str] = ()
    connect: Sequence[str] = ()
    relays: Sequence[str] = ()
    web: str | None = None
    guests: str = ""
    mdns: bool | None = None
    now: float | None = None


def run(path: Path, options: Options, when_up: Callable[[Json], None]) -> None:
    """Run the node of a home until told to stop; `when_up` gets its status once it is reached.

    When its person has left, the home is deleted. Raises LocalError when it cannot start.
    """
    home = Home.open(path)
    check_all(adjusted(home, options).config)
    try:
        if trio.run(serve, home, options, when_up):
            backup.wipe(path)
    except BaseExceptionGroup as group:
        ours = group.subgroup(LocalError)
        if ours is None:
            raise
        raise first_of(ours) from None


def adjusted(home: Home, options: Options) -> Home:
    """The home with the options in place of its settings, which stay as they are in the file."""
    config = home.config
    return replace(
        home,
        config=replace(
            config,
            listen=tuple(options.listen) or config.listen,
            bootstrap=tuple(
                dict.fromkeys((*options.connect, *config.bootstrap, *first_peers(home.network)))
            ),
            relays=tuple(dict.fromkeys((*options.relays, *config.relays))),
            web=config.web if options.web is None else options.web,
            guests=options.guests or config.guests,
            mdns=config.mdns if options.mdns is None else options.mdns,
        ),
    )


async def serve(home: Home, options: Options, when_up: Callable[[Json], None]) -> bool:
    """The same within a loop that runs; whether its person has left: the home is to be deleted."""
    home, leaving = adjusted(home, options), trio.Event()
    with await _store_of(home) as store:
        async with trio.open_nursery() as nursery:
            await nursery.start(_stop_on_signal, nursery.cancel_scope)
            nursery.start_soon(_stop_after, leaving, nursery.cancel_scope)
            await _serve(home, store, options, when_up, nursery.cancel_scope.cancel, leaving.set)
    return leaving.is_set()


async def _stop_after(leaving: trio.Event, scope: trio.CancelScope) -> None:
    await leaving.wait()
    await trio.sleep(SPREADING)
    scope.cancel()


async def _store_of(home: Home) -> Store:
    """The store, once no command holds it any more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            store = open_store(home)
        except InUse:
            if time.monotonic() > deadline:
                raise
            await trio.sleep(0.05)
        else:
            store.database.tell(STARTING)
            return store


async def _stop_on_signal(
    scope: trio.CancelScope, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        ending.append(signal.SIGHUP)
    with trio.open_signal_receiver(*ending) as signals:
        task_status.started()
        async for _ in signals:
            scope.cancel()
            return


class _Connections:
    """What the service asks of a running node: see service.base.Connections."""

    def __init__(
        self, network: Network, stop: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        self._network = network
        self.stop = stop
        self.leave = leave
        self.server: Server | None = None

    def listen(self) -> list[str]:
        return self._network.transport.addresses

    def peers(self) -> list[Peer]:
        transport = self._network.transport
        return [
            {
                "id": peer,
                "address": transport.address_of(peer),
                "relay": transport.relay_of(peer),
                "elsewhere": self._network.elsewhere(peer),
            }
            for peer in transport.peers
        ]

    def peering(self) -> Peers:
        return self._network.peers

    def web(self) -> str | None:
        return self.server.page if self.server else None

    def page_link(self) -> str | None:
        return self.server.link() if self.server else None

    async def open_door(self) -> str:
        if self.server is None:
            raise LocalError(
                "this node shows no page; start it with: potluck up --web 127.0.0.1:8642"
            )
        return await self.server.open()

    async def close_door(self) -> None:
        if self.server is not None:
            await self.server.close()

    def clock_offset(self) -> float | None:
        return self._network.sync.clock_offset

    def health(self) -> Health:
        transport, peers = self._network.transport, self._network.transport.peers
        came_in = [p for p in peers if not transport.dialled(p) and transport.relay_of(p) is None]
        return Health(
            self._network.peers.known,
            len(peers),
            len(came_in),
            self._network.sync.last_at,
            tuple(self._network.relays.state.values()),
            self._network.peers.same_key.elsewhere,
            tuple(filter(None, map(self._network.elsewhere, peers))),
            self._network.sync.clocks.doubt,
            self._network.parts.failing,
            self._network.sync.heard_vouches,
        )

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        return await self._network.reach.holds(peer_id, announcement_id)

    async def dialled_back(self) -> list[bool]:
        return await self._network.dialback.ask_some()

    async def connect(self, address: str) -> str:
        peer_id = await self._network.peers.connect(address)
        other = await self._network.learn_elsewhere(peer_id)
        if other is not None:
            await self._network.peers.disconnect(peer_id)
            raise Refused(
                "the node there is of {other}; a friend there invites you with a link", other=other
            )
        return peer_id

    async def spread(self, announcements: Sequence[bytes]) -> None:
        await self._network.gossip.publish(announcements)


class Network:
    """The parts that talk with other nodes, put together."""

    def __init__(self, home: Home, store: Store, intake: Intake, clock: Clock) -> None:
        config, network = home.config, home.network
        self._home = home
        self.parts = Parts()
        self.transport = Libp2pTransport(
            home.transport_seed, listenable(config.listen), secrets.token_bytes
        )
        self.sync = Sync(
            self.transport,
            network,
            store.deck,
            intake,
            interval=config.sync_interval,
            clock=clock.real,
            rng=random.SystemRandom(),
            random_bytes=secrets.token_bytes,
        )
        self.reach = Reach(self.transport, network, clock.real, secrets.token_bytes)
        self.dialback = Dialback(self.transport, network, secrets.token_bytes)
        self.gossip = Gossip(self.transport, self.sync, intake, network, secrets.token_bytes)
        self.peers = Peers(
            self.transport,
            store.peers,
            (*config.relays, *config.bootstrap),
            network=network,
            identity=Identity.from_seed(home.transport_seed),
            clock=clock.real,
            rng=random.SystemRandom(),
            random_bytes=secrets.token_bytes,
        )
        self.relays = Relays(self.transport, config.relays, clock.real, random.SystemRandom())
        self.transport.on_connect = self._connected
        self.transport.on_disconnect = self._disconnected

    def elsewhere(self, peer_id: str) -> str | None:
        """The other network that a connected peer is of, in words, if that is known."""
        return elsewhere(self.transport.topics_of(peer_id), self._home.network)

    async def learn_elsewhere(self, peer_id: str) -> str | None:
        """The same once it has said so, or has had time to."""
        with trio.move_on_after(INTRODUCTION):
            while not is_known(self.transport.topics_of(peer_id)):  # noqa: ASYNC110 - no event for it
                await trio.sleep(0.05)
        return self.elsewhere(peer_id)

    def woke(self) -> None:
        """The machine slept: connections are stale, and much may be missing."""
        self.peers.woke()
        self.sync.woke()

    def _connected(self, peer_id: str) -> None:
        logger.info("connected with one more peer: %d", len(self.transport.peers))
        self.peers.connected(peer_id)
        self.relays.connected(peer_id)
        self.sync.connected(peer_id)

    def _disconnected(self, peer_id: str) -> None:
        logger.info("connected with one peer less: %d", len(self.transport.peers))
        self.peers.disconnected(peer_id)
        self.relays.disconnected(peer_id)
        self.sync.disconnected(peer_id)


async def _serve(
    home: Home,
    store: Store,
    options: Options,
    when_up: Callable[[Json], None],
    stop: Callable[[], None],
    leave: Callable[[], None],
) -> None:
    """Everything that runs, until cancelled."""
    clock = Clock(options.now)
    intake = Intake(home.network, store, clock.real)
    network = Network(home, store, intake, clock)
    connections = _Connections(network, stop, leave)
    service = Service(home, store, intake, clock, connections)
    async with network.transport.running(), trio.open_nursery() as nursery:
        await network.gossip.start()
        for name, part in _parts(home, service, network).items():
            nursery.start_soon(network.parts.run, name, part)
        if home.config.web:
            from .web.server import Server  # noqa: PLC0415 - a node without a page does without it

            server = Server(service, nursery)
            await server.start(home.config.web)
            connections.server = server
        guests = await _show_guests(service, network, nursery) if home.config.guests else None
        if home.config.metrics:
            from .web import metrics  # noqa: PLC0415 - few nodes are monitored

            await metrics.start(service, nursery, home.config.metrics)
        await nursery.start(control.serve, service)
        store.database.tell("running")
        logger.info("up")
        gc.freeze()  # what was imported stays: looking through it again costs a tenth of admission
        found = {"link": connections.page_link(), "guests": guests}
        when_up(await status(service) | found)


async def _show_guests(service: Service, network: Network, nursery: trio.Nursery) -> str:
    """Serve the site; its address."""
    from .web.site.guests import GuestsServer  # noqa: PLC0415 - few nodes have guests

    guests = GuestsServer(service)
    address = await guests.start(nursery, service.home.config.guests)
    nursery.start_soon(network.parts.run, "guests", guests.site.keep_new)
    return address


def _parts(
    home: Home, service: Service, network: Network
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs beside the transport, by name."""
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "relays": network.relays.run,
        "peers": network.peers.run,
        "sync": network.sync.run,
        "intake": service.intake.run,
        "clock": partial(notice_sleep, service.clock.real, network.woke),
        "calendars": partial(_watch_calendars, service),
        "tables": partial(deal_at_midnight, service),
        "repetitions": partial(_repeat, service),
    }
    if home.config.mdns:
        parts["mdns"] = partial(network.transport.find_nearby, network.peers.found_nearby)
    if home.config.site_dir:
        from .web.site.renewed import keep_folder  # noqa: PLC0415 - few nodes have guests

        folder = home.path / Path(home.config.site_dir).expanduser()
        parts["site"] = partial(keep_folder, service, folder)
    return parts


async def _repeat(service: Service) -> None:
    """Announce the further dates of events that repeat, as the window of days moves."""
    while True:
        from .operations.announce.repetition import announce_further  # noqa: PLC0415 - as above

        try:
            await announce_further(service)
        except LocalError as error:
            logger.error("no further dates were announced: %s", error)  # noqa: TRY400 - it says all
        await trio.sleep(REPEAT_SECONDS)


async def _watch_calendars(service: Service) -> None:
    """Look again at the calendars that are due, every WATCH_SECONDS."""
    while True:
        if service.store.feeds.watched():
            from .operations.sharing.watching import import_due  # noqa: PLC0415 - the calendar libraries take 20 MB

            try:
                await import_due(service)
            except LocalError as error:
                logger.error("no calendar was read again: %s", error)  # noqa: TRY400 - it says all
        await trio.sleep(WATCH_SECONDS)
