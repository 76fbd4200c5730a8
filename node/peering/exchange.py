"""Who else is there: signed peer records, exchanged on `/potluck/peers/1`.

One frame each way, like a sync hello: the network's id in clear, then [1, [record…]], sealed in a
closed network. The initiator tells its own record, if it has one that the peer may know.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from random import Random
from typing import Any

from potluck.node import ips, limits
from potluck.node.transport import Disconnected, Stream
from potluck.node.transport.channel import Channel
from potluck.node.transport.multiaddrs import Address
from potluck.protocol.errors import RemoteError
from potluck.protocol.network import Network

from . import peer_record
from .address_book import AddressBook
from .peer_record import PeerRecord

DRAWN = 3 * limits.MAX_RECORDS
"""Records drawn from the book before those are left out that a peer may not be told."""


async def ask(
    stream: Stream,
    network: Network,
    random_bytes: Callable[[int], bytes],
    ours: Sequence[PeerRecord],
) -> list[PeerRecord]:
    """Tell these records and return the peer's. Raises Disconnected, OtherNetwork, RemoteError."""
    channel = Channel(stream, network, random_bytes)
    await channel.send_hello(_message(ours))
    value = await channel.receive_hello()
    if value is None:
        raise Disconnected("the peer is of another network or version")
    return _read(value, network)


async def answer(
    stream: Stream,
    network: Network,
    random_bytes: Callable[[int], bytes],
    ours: Callable[[], Sequence[PeerRecord]],
) -> list[PeerRecord]:
    """The same from the other side; what to tell is asked for once the peer has spoken."""
    channel = Channel(stream, network, random_bytes)
    value = await channel.receive_hello()
    if value is None:
        return []
    theirs = _read(value, network)
    await channel.send_hello(_message(ours()))
    return theirs


def to_share(book: AddressBook, ip: str | None, wall: float, rng: Random) -> list[PeerRecord]:
    """Of the book what a peer at this ip is told: a random part of what it may know, its own record
    included (so that it learns of another node with its key)."""
    fit = (
        record
        for record in book.sample(DRAWN, rng)
        if record.is_current(wall) and all(may_share(address, ip) for address in record.addresses)
    )
    return list(islice(fit, limits.MAX_RECORDS - 1))


def to_hear(record: PeerRecord, ip: str | None, our_id: str, wall: float) -> tuple[Address, ...]:
    """The addresses of a record that a teller at this ip could know; none: it is not kept."""
    if record.peer_id == our_id or not record.is_current(wall):
        return ()
    return tuple(address for address in record.addresses if may_share(address, ip))


def may_share(address: Address, ip: str | None) -> bool:
    """Whether an address is the business of a peer at this ip: what is private stays in its own
    kind of network, and loopback on this machine. What a peer may not be told, it cannot tell us
    either."""
    if address.scope is ips.Scope.PUBLIC:
        return True
    return ip is not None and ips.scope_of(ip) >= address.scope


def _message(records: Iterable[PeerRecord]) -> list[Any]:
    """As many records as a frame holds."""
    encoded: list[bytes] = []
    room = limits.MAX_FRAME // 2
    for each in records:
        room -= len(each.encoded) + 3
        if room < 0 or len(encoded) == limits.MAX_RECORDS:
            break
        encoded.append(each.encoded)
    return [encoded]


def _read(values: list[Any], network: Network) -> list[PeerRecord]:
    match values:
        case [list(records)] if len(records) <= limits.MAX_RECORDS and all(
            isinstance(one, bytes) for one in records
        ):
            return [peer_record.read(one, network) for one in records]
    raise RemoteError("undecodable", "peer records that cannot be read")
