"""Signed peer records: where a peer says it can be reached. PROTOCOL.md, "Peers", has the bytes.

A record is signed by the peer's transport key, so whoever passes it on can neither make addresses
up nor keep stale ones alive.
"""

from dataclasses import dataclass
from typing import Any

from potluck.node import limits
from potluck.node.transport import multiaddrs
from potluck.node.transport.multiaddrs import Address
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol import canonical
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.identity import Identity, verify
from potluck.protocol.network import Network

VERSION = 1
MAX_ADDRESS = 256
"""Characters of one address; one through a relay names two peers."""
MAX_RECORD = 2048
"""Bytes of a record."""
LIFETIME = 7 * 86_400
"""Seconds for which a record is passed on and taken up. (Whom it named may be dialled longer.)"""

_CONTEXT = b"potluck-peer-record-v1\0"


@dataclass(frozen=True, slots=True)
class PeerRecord:
    """Who (a peer id), where, and since when (UTC seconds)."""

    peer_id: str
    addresses: tuple[Address, ...]
    issued_at: int
    encoded: bytes

    def is_current(self, now: float) -> bool:
        """Whether it may still be passed on."""
        return now - LIFETIME < self.issued_at <= now + MAX_AHEAD

    def still_says(self, at: list[str], now: int) -> bool:
        """Whether a node at these addresses need not sign another one yet."""
        same = [address.text for address in self.addresses] == at
        return same and abs(now - self.issued_at) <= limits.RECORD_RENEWAL


def write(identity: Identity, network: Network, at: list[str], now: int) -> PeerRecord:
    """The record of this node, for the addresses (multiaddrs ending in /p2p/ID) it may name."""
    signed = canonical.pack([VERSION, network.id, identity.key, now, at])
    encoded = canonical.pack([signed, identity.sign(_CONTEXT + signed)])
    peer_id = peer_id_of(identity.key)
    return PeerRecord(peer_id, _addresses(at, peer_id), now, encoded)


def read(encoded: bytes, network: Network) -> PeerRecord:
    """The record in these bytes; raises RemoteError unless it is signed and of this network."""
    if len(encoded) > MAX_RECORD:
        raise RemoteError("oversize", "a peer record of {encoded} bytes", encoded=len(encoded))
    try:
        signed, signature = canonical.unpack_signed(encoded)
        network_id, key, issued_at, at = _fields(canonical.unpack(signed))
    except Invalid as error:
        raise RemoteError(
            "undecodable", "a peer record cannot be read: {error}", error=error
        ) from None
    if not verify(key, _CONTEXT + signed, signature):
        raise RemoteError("signature", "a peer record that its peer did not sign")
    if network_id != network.id:
        raise RemoteError("network", "a peer record of another network")
    peer_id = peer_id_of(key)
    return PeerRecord(peer_id, _addresses(at, peer_id), issued_at, encoded)


def _addresses(at: list[str], peer_id: str) -> tuple[Address, ...]:
    """Those of this peer that can be dialled; forms not known here are passed over."""
    named = (one for one in at[: limits.MAX_ADDRESSES_PER_PEER] if one.endswith(f"/p2p/{peer_id}"))
    return tuple(multiaddrs.read(one) for one in named if multiaddrs.is_peer(one))


def _fields(value: Any) -> tuple[bytes, bytes, int, list[str]]:
    match value:
        case [version, bytes(network_id), bytes(key), issued_at, list(at)] if (
            (type(version), version, type(issued_at)) == (int, VERSION, int)  # true equals 1
            and 0 <= issued_at < 1 << 32
            and all(isinstance(one, str) and len(one) <= MAX_ADDRESS for one in at)
        ):
            return network_id, key, issued_at, at
    raise Invalid("not its five fields")
