"""Signed peer records, and who is told which addresses."""

from __future__ import annotations

from random import Random

import pytest

from potluck.node import limits
from potluck.node.peering import exchange
from potluck.node.peering import peer_record as record
from potluck.node.peering.address_book import AddressBook
from potluck.node.peering.slots import Slots
from potluck.node.transport import multiaddrs
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.errors import RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from tests.builders import NETWORK, NOW

OTHER = Network("other", 4)
IDENTITY = Identity.from_seed(bytes([1]) * 32)
PEER_ID = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"


def test_a_record_comes_back_from_its_bytes() -> None:
    written = record.write(IDENTITY, NETWORK, [f"/ip4/203.0.113.5/tcp/4001/p2p/{PEER_ID}"], NOW)

    assert written.peer_id == PEER_ID
    assert record.read(written.encoded, NETWORK) == written
    assert written.is_current(NOW + record.LIFETIME - 1)
    assert not written.is_current(NOW + record.LIFETIME)
    assert not written.is_current(NOW - MAX_AHEAD - 1)


def test_a_record_is_told_again_for_a_minute_unless_the_node_is_elsewhere() -> None:
    at = [f"/ip4/203.0.113.5/tcp/4001/p2p/{PEER_ID}"]
    written = record.write(IDENTITY, NETWORK, at, NOW)

    assert written.still_says(at, NOW + int(limits.RECORD_RENEWAL))
    assert not written.still_says(at, NOW + int(limits.RECORD_RENEWAL) + 1)
    assert not written.still_says([f"/ip4/203.0.113.6/tcp/4001/p2p/{PEER_ID}"], NOW)


def test_a_record_names_only_addresses_of_its_peer() -> None:
    stranger = peer_id_of(bytes(32))
    at = [
        f"/ip4/203.0.113.5/tcp/1/p2p/{stranger}",
        "nonsense",
        f"/ip4/203.0.113.5/udp/1/quic-v1/p2p/{PEER_ID}",
    ]

    assert record.read(record.write(IDENTITY, NETWORK, at, NOW).encoded, NETWORK).addresses == ()


def test_a_record_names_eight_addresses_at_most() -> None:
    at = [f"/ip4/203.0.113.5/tcp/{port}/p2p/{PEER_ID}" for port in range(1, 12)]
    found = record.read(record.write(IDENTITY, NETWORK, at, NOW).encoded, NETWORK).addresses

    assert [one.text for one in found] == at[:8]


@pytest.mark.parametrize(
    ("reason", "encoded"),
    [
        ("undecodable", b""),
        ("undecodable", b"\x92\xc4\x01\x01\xc4\x00"),
        ("undecodable", b"\xc1"),
        ("oversize", bytes(record.MAX_RECORD + 1)),
        ("network", record.write(IDENTITY, OTHER, [], NOW).encoded),
        ("signature", record.write(IDENTITY, NETWORK, [], NOW).encoded[:-1] + b"\0"),
    ],
)
def test_a_record_that_is_none_is_an_offence(reason: str, encoded: bytes) -> None:
    with pytest.raises(RemoteError) as raised:
        record.read(encoded, NETWORK)

    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("address", "to", "told"),
    [
        ("/ip4/9.9.9.9/tcp/1", "8.8.8.8", True),
        ("/ip4/9.9.9.9/tcp/1", "192.168.1.1", True),
        ("/ip4/192.168.1.2/tcp/1", "8.8.8.8", False),
        ("/ip4/192.168.1.2/tcp/1", "192.168.1.1", True),
        ("/ip4/127.0.0.1/tcp/1", "192.168.1.1", False),
        ("/ip4/127.0.0.1/tcp/1", "127.0.0.1", True),
        ("/ip6/::1/tcp/1", "127.0.0.1", True),
        ("/ip6/fd00::1/tcp/1", "2606:4700::1", False),
        ("/dns4/example.org/tcp/1", "8.8.8.8", True),
        ("/ip4/192.168.1.2/tcp/1", None, False),
        ("/ip6/::7f00:1/tcp/1", "8.8.8.8", False),
        ("/ip6/fec0::1/tcp/1", "8.8.8.8", False),
        ("/ip6/64:ff9b:1::1/tcp/1", "8.8.8.8", False),
        ("/ip6/64:ff9b::7f00:1/tcp/1", "8.8.8.8", False),
        ("/ip6/64:ff9b::909:909/tcp/1", "8.8.8.8", True),
        ("/ip6/2002:7f00:1::/tcp/1", "8.8.8.8", False),
        ("/ip4/224.0.1.1/tcp/1", "8.8.8.8", False),
        ("/ip6/ff0e::1/tcp/1", "8.8.8.8", False),
    ],
)
def test_private_addresses_stay_private(address: str, to: str | None, told: object) -> None:
    named = multiaddrs.read(f"{address}/p2p/{PEER_ID}")

    assert exchange.may_share(named, to) is told


def test_what_a_peer_may_not_know_is_neither_told_to_it_nor_taken_from_it() -> None:
    private, public = (f"/ip4/{ip}/tcp/1/p2p/{PEER_ID}" for ip in ("192.168.1.2", "9.9.9.9"))
    both = record.write(IDENTITY, NETWORK, [private, public], NOW)
    slots = Slots(limits.OUTBOUND_SLOTS, Random(1).randbytes)
    book = AddressBook(slots, Random(1).randbytes)
    book.hear([(both, both.addresses)], "9.9.9.0/24", 0)

    assert [one.text for one in exchange.to_hear(both, "8.8.8.8", "us", NOW)] == [public]
    assert len(exchange.to_hear(both, "192.168.1.1", "us", NOW)) == 2
    assert exchange.to_share(book, "8.8.8.8", NOW, Random(1)) == []
    assert exchange.to_share(book, "192.168.1.1", NOW, Random(1)) == [both]


def test_of_a_large_book_a_sample_is_looked_at() -> None:
    """All of 2,000 with eight addresses each took 2.3 s of the loop."""
    looked: list[int] = []

    class Book(AddressBook):
        def sample(self, count: int, rng: Random) -> list[record.PeerRecord]:
            looked.append(count)
            return []

    book = Book(Slots(limits.OUTBOUND_SLOTS, Random(1).randbytes), Random(1).randbytes)
    exchange.to_share(book, "8.8.8.8", NOW, Random(1))

    assert looked == [exchange.DRAWN]


def test_more_records_than_an_answer_holds_are_an_offence() -> None:
    one = record.write(IDENTITY, NETWORK, [], NOW).encoded

    assert len(exchange._read([[one] * limits.MAX_RECORDS], NETWORK)) == limits.MAX_RECORDS
    with pytest.raises(RemoteError):
        exchange._read([[one] * (limits.MAX_RECORDS + 1)], NETWORK)
