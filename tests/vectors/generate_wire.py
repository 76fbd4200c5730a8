"""Write wire.json: `python -m tests.vectors.generate_wire`.

What nodes say to each other, byte for byte, and bundles. Explained in PROTOCOL.md, "Test vectors".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import trio

from potluck.node.peering import peer_record as record
from potluck.node.transport.channel import Channel, Kind
from potluck.node.transport.frames import Stream
from potluck.node.transport.guards.rpc import make_message
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.identity import Identity
from potluck.protocol.items import Items
from potluck.protocol.network import Network
from potluck.protocol.reconcile import Reconciler
from tests.vectors.generate_announcement import CLOSED, ISSUED, OPEN
from tests.vectors.generate_announcement import FILE as ANNOUNCEMENTS

FILE = Path(__file__).with_name("wire.json")
NETWORKS = (OPEN, CLOSED)
PEER = Identity.from_seed(b"\4" * 32)
ADDRESS = f"/ip4/192.0.2.1/tcp/4001/p2p/{peer_id_of(PEER.key)}"
LEAST, MOST = (
    (bytes.fromhex(one["encoded"]), bytes.fromhex(one["id"]))
    for one in json.loads(ANNOUNCEMENTS.read_text(encoding="utf-8"))["announcements"][:2]
)
RECORDS = [record.write(PEER, network, [ADDRESS], ISSUED) for network in NETWORKS]

# who says it, and what: the values after the version
HELLOS: list[tuple[str, list[Any]]] = [
    ("sync, initiator who reconciles or asks", [ISSUED, ISSUED + 1_800, None, 0]),
    ("sync, initiator who reconciles vouches", [ISSUED, ISSUED + 1_800, None, 1]),
    ("sync, initiator who streams from the start", [ISSUED, ISSUED + 1_800, [0, bytes(32)], 0]),
    ("sync, responder", [ISSUED + 1]),
    ("peers, one who tells nothing", [[]]),
    ("dialback, initiator", [4001]),
    ("dialback, responder", [True]),
]
FRAMES: list[tuple[Kind, Any]] = [
    (Kind.RECONCILE, Reconciler(Items([(ISSUED, LEAST[1])])).open()),
    (Kind.HAVE, [LEAST[1], MOST[1]]),
    (Kind.WANT, []),
    (Kind.GIVE, [0, [LEAST[0]], []]),
    (Kind.GIVE, [1, [], [MOST[1]]]),
]


class Written:
    """A libp2p stream that only keeps what is written to it."""

    def __init__(self) -> None:
        self.bytes = b""

    async def write(self, data: bytes) -> None:
        self.bytes += data

    async def read(self, n: int | None = None) -> bytes:
        return b""

    async def close(self) -> None: ...
    async def reset(self) -> None: ...


def counted(length: int) -> bytes:
    """In place of random bytes: 00 01 02 …"""
    return bytes(range(length))


async def said(network: Network, kind: Kind | None, value: Any) -> bytes:
    """A hello (no kind) or a later frame, with its length."""
    raw = Written()
    channel = Channel(Stream(raw, ""), network, counted)
    await (channel.send_hello(value) if kind is None else channel.send(kind, value))
    return raw.bytes


def vectors() -> dict[str, Any]:
    """All cases as JSON values; bytes are in hexadecimal."""
    hellos = [(name, None, values) for name, values in HELLOS]
    frames = [(kind.name, kind, value) for kind, value in FRAMES]
    return {
        "nonce": counted(24).hex(),
        "hellos": [_said(*case, network) for case in hellos for network in NETWORKS]
        + [
            _said("peers, one who tells itself", None, [[one.encoded]], network)
            for one, network in zip(RECORDS, NETWORKS, strict=True)
        ],
        "frames": [_said(*case, network) for case in frames for network in NETWORKS],
        "records": [_record(one, network) for one, network in zip(RECORDS, NETWORKS, strict=True)],
        "gossip": [_gossip(network) for network in NETWORKS],
        "bundles": [_bundle(network, [LEAST[0], MOST[0]]) for network in NETWORKS],
    }


def _said(name: str, kind: Kind | None, value: Any, network: Network) -> dict[str, Any]:
    frame = trio.run(said, network, kind, value)
    values = [1, *value] if kind is None else value
    return {
        "name": name,
        "network": network.id.hex(),
        "value": _readable(values),
        "frame": frame.hex(),
    }


def _record(one: record.PeerRecord, network: Network) -> dict[str, Any]:
    return {
        "seed": PEER.seed.hex(),
        "network": network.id.hex(),
        "issued_at": one.issued_at,
        "addresses": [address.text for address in one.addresses],
        "encoded": one.encoded.hex(),
    }


def _gossip(network: Network) -> dict[str, Any]:
    data = network.seal(LEAST[0], counted(24))
    message = make_message(network.topic, data, counted)
    return {
        "seed": counted(32).hex(),
        "seqno": counted(8).hex(),
        "topic": network.topic,
        "data": data.hex(),
        "message": message.SerializeToString(deterministic=True).hex(),
    }


def _bundle(network: Network, announcements: Sequence[bytes]) -> dict[str, Any]:
    sealed = [network.seal(one, counted(24)) for one in announcements]
    parts = [len(one).to_bytes(2, "big") + one for one in sealed]
    return {
        "network": network.id.hex(),
        "announcements": [one.hex() for one in announcements],
        "file": (b"potluck-deck-v1\n" + network.id + b"".join(parts)).hex(),
    }


def _readable(value: Any) -> Any:
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return {"hex": value.hex()} if isinstance(value, bytes) else value


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
