"""The golden vectors of what nodes say to each other, in both directions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from libp2p.pubsub.pb import rpc_pb2

from potluck.node.operations.sharing import bundle
from potluck.node.peering import peer_record as record
from potluck.node.replication.session import give_frame, read_hello, read_welcome
from potluck.node.transport.channel import Channel, Kind
from potluck.node.transport.frames import Stream
from potluck.node.transport.guards.rpc import check_envelope
from potluck.protocol.network import Network
from tests.vectors import generate_wire
from tests.vectors.generate_wire import NETWORKS, counted

VECTORS = json.loads(generate_wire.FILE.read_text(encoding="utf-8"))


class Arrived:
    """A libp2p stream on which these bytes arrived."""

    def __init__(self, data: bytes) -> None:
        self._left = data

    async def read(self, n: int | None = None) -> bytes:
        part, self._left = self._left[:n], self._left[n:] if n else b""
        return part

    async def write(self, data: bytes) -> None: ...
    async def close(self) -> None: ...
    async def reset(self) -> None: ...


def channel(case: dict[str, Any]) -> Channel:
    return Channel(Stream(Arrived(bytes.fromhex(case["frame"])), ""), network_of(case), counted)


def network_of(case: dict[str, Any]) -> Network:
    return next(network for network in NETWORKS if network.id.hex() == case["network"])


def meant(value: Any) -> Any:
    """The value that a vector writes down: bytes are {"hex": …}."""
    if isinstance(value, list):
        return [meant(item) for item in value]
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def test_what_we_say_is_what_the_file_holds() -> None:
    assert json.loads(json.dumps(generate_wire.vectors())) == VECTORS


@pytest.mark.parametrize("case", VECTORS["hellos"], ids=lambda case: case["name"])
async def test_hellos_are_read(case: dict[str, Any]) -> None:
    values = await channel(case).receive_hello()

    assert values is not None
    assert values == meant(case["value"])[1:]
    if "sync, initiator" in case["name"]:
        assert read_hello(values).clock == values[0]
    if "sync, responder" in case["name"]:
        assert read_welcome(values) == values[0]


@pytest.mark.parametrize("case", VECTORS["frames"], ids=lambda case: case["name"])
async def test_frames_are_read(case: dict[str, Any]) -> None:
    received = await channel(case).receive()

    assert received == (Kind[case["name"]], meant(case["value"]))
    if received[0] is Kind.GIVE:
        give_frame(received[1])


@pytest.mark.parametrize("case", VECTORS["records"])
def test_peer_records_are_read(case: dict[str, Any]) -> None:
    read = record.read(bytes.fromhex(case["encoded"]), network_of(case))

    named = [address.text for address in read.addresses]

    assert (named, read.issued_at) == (case["addresses"], case["issued_at"])


@pytest.mark.parametrize("case", VECTORS["gossip"])
def test_gossip_is_read(case: dict[str, Any]) -> None:
    message = rpc_pb2.Message.FromString(bytes.fromhex(case["message"]))

    check_envelope(message)
    assert (message.data.hex(), message.seqno.hex()) == (case["data"], case["seqno"])
    assert list(message.topicIDs) == [case["topic"]]


@pytest.mark.parametrize("case", VECTORS["bundles"])
def test_bundles_are_read(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "deck"
    file.write_bytes(bytes.fromhex(case["file"]))

    assert bundle.is_bundle(file)
    assert [one.hex() for one in bundle.read(network_of(case), file)] == case["announcements"]


def test_a_bundle_of_an_open_network_is_written_so(tmp_path: Path) -> None:
    network, case = NETWORKS[0], VECTORS["bundles"][0]
    packed = (bundle.pack(network, bytes.fromhex(one)) for one in case["announcements"])

    assert b"".join([bundle.header(network), *packed]).hex() == case["file"]
