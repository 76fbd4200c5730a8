"""What every operation needs: the home, the store, the clock, and the network when there is one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NotRequired, Protocol, TypedDict, TypeVar

import trio

from potluck.node.clock import Clock
from potluck.node.home.home import Home
from potluck.node.replication.intake import Intake
from potluck.node.store import Store
from potluck.node.store.eviction import Bounds
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.errors import LocalError, NodeNotRunning
from potluck.protocol.identity import Identity

if TYPE_CHECKING:
    from potluck.node.peering.dialer import Peers

T = TypeVar("T")
Json = Mapping[str, Any]
"""A JSON object, to be read."""
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Health:
    """A running node in numbers: peers known, connected, and of these how many dialled us; when the
    last repair ended (UTC seconds); for each of its relays why it keeps no place, None where it
    does."""

    known: int
    connected: int
    came_in: int
    synced_at: float | None
    relays: tuple[str | None, ...] = ()
    same_key: tuple[str, ...] = ()
    """Where another node with the keys of this one is."""
    elsewhere: tuple[str, ...] = ()
    """What networks the peers that are of another one are of, in words."""
    clock_doubt: float | None = None
    """Seconds by which the clocks of however few peers are ahead of ours, where they are not enough
    to say anything about it."""
    failing: Mapping[str, str] = field(default_factory=dict)
    """Why parts of it failed that have not run well since, by their names."""
    heard_vouches: bool = False
    """Whether a peer has told all vouches that it knows since the node runs."""


class Peer(TypedDict):
    """A connected peer; of a relayed one `relay` is the relay's id, and the address None;
    `elsewhere` names another network that it is of."""

    id: str
    address: str | None
    relay: str | None
    elsewhere: NotRequired[str | None]


class Connections(Protocol):
    """What a running node adds."""

    def listen(self) -> list[str]:
        """The multiaddrs at which others reach us, each ending in /p2p/ID."""

    def web(self) -> str | None:
        """The address of the page, if there is one."""

    def page_link(self) -> str | None:
        """A link to the page that lets one browser in, once; None when there is no page."""

    async def open_door(self) -> str:
        """Show a part of the page on the local network; a link for one phone. Raises LocalError."""

    async def close_door(self) -> None:
        """Close that door."""

    def peers(self) -> list[Peer]:
        """The connected peers."""

    def peering(self) -> Peers:
        """Whom it is connected with, and whom it has banned."""

    def stop(self) -> None:
        """Stop the node in order, once the present command is answered."""

    def leave(self) -> None:
        """Stop once others have had time to hear what was just said, and delete the home."""

    def clock_offset(self) -> float | None:
        """Seconds by which the peers' clocks are ahead of ours (their median), once there are
        enough."""

    def health(self) -> Health:
        """How it is doing."""

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        """Whether a connected peer holds an announcement; None when it does not say."""

    async def dialled_back(self) -> list[bool]:
        """What a few peers say who were asked to dial this node: whether they could."""

    async def connect(self, address: str) -> str:
        """Dial a multiaddr and remember it; the peer's id. Raises LocalError."""

    async def spread(self, announcements: Sequence[bytes]) -> None:
        """Send encoded announcements that the store has kept."""


def _silent(_done: int, _total: int | None) -> None:
    pass


@dataclass(frozen=True)
class Service:
    """The hands of a person in one home. `connections` is None when no node runs.

    `progress(done, total)` is told how far long work is; total is None while it is not known.
    `turn` is held by what reads and then writes, so that two windows do not undo each other.
    """

    home: Home
    store: Store
    intake: Intake
    clock: Clock
    connections: Connections | None = None
    progress: Progress = _silent
    turn: trio.Lock = field(default_factory=trio.Lock)

    @property
    def me(self) -> bytes:
        """Our host key."""
        return self.home.identity.key

    async def aside(self, work: Callable[[Service], T]) -> T:
        """Have this done in a thread, with a service that only reads: all that takes more than a
        few ms."""
        return await self.store.aside(lambda store: work(replace(self, store=store)))


def open_store(home: Home) -> Store:
    """The home's store, locked for this process until it is closed. Raises InUse, LocalError."""
    return Store(
        home.store_path, Bounds(home.config.deck_max_events, home.deck_secret, home.identity.key)
    )


@asynccontextmanager
async def open_service(
    home: Home, clock: Clock, progress: Progress = _silent
) -> AsyncIterator[Service]:
    """The operations without a node, over this home's store until the end. Raises InUse,
    LocalError."""
    with open_store(home) as store:
        intake = Intake(home.network, store, clock.real)
        with suppress(LocalError):  # on a full disk what expired stays, and the rest can be read
            await store.upkeep.purge(clock.real())
        yield Service(home, store, intake, clock, progress=progress)
        await intake.settle()


def running(service: Service) -> Connections:
    """The running node. Raises NodeNotRunning."""
    if service.connections is None:
        raise NodeNotRunning("no node runs in this home; start it with: potluck up")
    return service.connections


def peer_id(home: Home) -> str:
    """The libp2p peer id of a home, also without libp2p."""
    return peer_id_of(Identity.from_seed(home.transport_seed).key)
