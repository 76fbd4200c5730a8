"""What peering and replication know of the transport.

libp2p_transport.py is the real one, memory_network.py one in memory; the network laboratory brings
its own. Peers are named by their peer id as text, addresses are multiaddrs as text ending in
/p2p/ID.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from potluck.protocol.errors import RemoteError

from .frames import Stream
from .protocols import StreamProtocol

Handler = Callable[[Stream], Awaitable[None]]
Validator = Callable[[str, bytes], bool]


class Hooks:
    """The hooks of a transport that nobody has set."""

    def __init__(self) -> None:
        self.on_connect: Callable[[str], None] = lambda _peer: None
        self.on_disconnect: Callable[[str], None] = lambda _peer: None
        self.on_offence: Callable[[str, RemoteError], None] = lambda _peer, _error: None
        self.admits: Callable[[str], bool] = lambda _ip_or_peer: True
        self.is_wanted: Callable[[str], bool] = lambda _peer: False


class Transport(Protocol):
    """Connections, gossip topics and streams of one node.

    Set the hooks before it runs: `on_connect` and `on_disconnect` take a peer id, `on_offence` a
    peer id and the error; `admits` an ip or peer id and says whether to talk with it at all,
    `is_wanted` a peer id and says whether to keep it when inbound connections are full.
    """

    peer_id: str
    on_connect: Callable[[str], None]
    on_disconnect: Callable[[str], None]
    on_offence: Callable[[str, RemoteError], None]
    admits: Callable[[str], bool]
    is_wanted: Callable[[str], bool]

    # --- connections

    @property
    def addresses(self) -> list[str]:
        """Where others reach this node, each ending in /p2p/ID, those through relays last."""

    @property
    def peers(self) -> list[str]:
        """The ids of the connected peers."""

    def address_of(self, peer_id: str) -> str | None:
        """The ip that the peer is connected from or at; None if only through a relay."""

    def relay_of(self, peer_id: str) -> str | None:
        """The relay through which the peer is connected, if it is."""

    def dialled(self, peer_id: str) -> bool:
        """Whether it was this side that dialled the peer it is connected with."""

    async def resolve(self, address: str) -> list[str]:
        """The same address with each ip that its name stands for; itself if it has no name.

        Raises LocalError for another form, Disconnected if the name stands for nothing.
        """

    async def dial(self, address: str) -> str:
        """Connect to an address, perhaps through a relay; the peer's id.

        Raises LocalError for an address of another form or one that is banned, Disconnected if it
        cannot be reached.
        """

    async def disconnect(self, peer_id: str) -> None:
        """Close all connections with the peer."""

    async def ping(self, peer_id: str) -> None:
        """One round trip; raises Disconnected if the peer does not answer in time."""

    async def probe(self, ip: str, port: int) -> bool:
        """Whether something accepts a connection there; it is closed at once."""

    # --- relays

    @property
    def reserved(self) -> list[str]:
        """The addresses of the relays that keep a place for this node."""

    async def reserve(self, relay: str) -> int:
        """Have the connected relay at this address keep a place for this node; until when, in UTC
        seconds of the relay's clock. Raises Disconnected if it does not."""

    # --- gossip

    async def subscribe(self, topic: str, validator: Validator) -> None:
        """Receive a topic: validator(peer id, payload) is called once for each message, says
        whether to forward it, and raises RemoteError for what no conforming peer sends."""

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send, without naming the author."""

    # --- streams

    def handle(self, protocol: StreamProtocol, handler: Handler) -> None:
        """Serve within the protocol's budgets; the handler's RemoteError is the peer's offence."""

    async def open_stream(self, peer_id: str, protocol: StreamProtocol) -> Stream:
        """Raises Disconnected if the peer is gone, NotServed if it says no."""

    def report(self, peer_id: str, error: RemoteError) -> None:
        """Count an offence of a peer against it, and disconnect it."""
