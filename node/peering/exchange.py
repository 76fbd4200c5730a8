"""Who else is there: signed peer records, exchanged on `/potluck/peers/1`.

One frame each way, like a sync hello: the network's id in clear, then [1, [record…]], sealed in a
closed network. The initiator tells its own record, if it has one that the peer may know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from potluck.node import limits
from potluck.node.transport import multiaddrs as addresses
from potluck.node.transport.channel import Channel
from potluck.node.transport.frames import Disconnected, Stream
from potluck.protocol.errors import RemoteError
from potluck.protocol.network import Network

from . import peer_record as record
from .peer_record import PeerRecord

PROTOCOL = "/potluck/peers/1"


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
    ours: Sequence[PeerRecord],
) -> list[PeerRecord]:
    """The same from the other side."""
    channel = Channel(stream, network, random_bytes)
    value = await channel.receive_hello()
    if value is None:
        return []
    theirs = _read(value, network)
    await channel.send_hello(_message(ours))
    return theirs


def may_tell(address: str, ip: str | None) -> bool:
    """Whether an address is the business of a peer at this ip: what is private stays in its own kind
    of network, and loopback on this machine. What a peer may not be told, it cannot tell us either."""
    if not addresses.is_private(address):
        return True
    if ip is None or not addresses.is_private_ip(ip):
        return False
    named = addresses.ip_of(address)
    return named is None or not addresses.is_loopback(named) or addresses.is_loopback(ip)


def _message(records: Iterable[PeerRecord]) -> list[Any]:
    """As many records as a frame holds."""
    told: list[bytes] = []
    room = limits.MAX_FRAME // 2
    for each in records:
        room -= len(each.encoded) + 3
        if room < 0 or len(told) == limits.MAX_RECORDS:
            break
        told.append(each.encoded)
    return [told]


def _read(values: list[Any], network: Network) -> list[PeerRecord]:
    match values:
        case [list(records)] if len(records) <= limits.MAX_RECORDS and all(
            isinstance(one, bytes) for one in records
        ):
            return [record.read(one, network) for one in records]
    raise RemoteError("undecodable", "peer records that cannot be read")
