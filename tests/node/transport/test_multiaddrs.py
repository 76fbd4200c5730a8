from __future__ import annotations

import socket

import pytest

from potluck.node import ips
from potluck.node.transport import multiaddrs as addresses
from potluck.node.transport.buffered import Buffered
from potluck.node.transport.token_bucket import Bucket, Buckets
from potluck.protocol.errors import LocalError

PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"
RELAY = "12D3KooWD3bfmNbuuuVCYwkjnFt3ukm3qaB3hDED3peHHXawvRAi"


def test_a_peers_address_comes_apart() -> None:
    named = addresses.read(f"/dns4/example.org/tcp/4001/p2p/{PEER}")
    assert (named.target, named.peer_id) == ("/dns4/example.org/tcp/4001", PEER)
    plain = addresses.read(f"/ip6/::1/tcp/1/p2p/{PEER}")
    assert (plain.target, plain.peer_id, plain.relay) == ("/ip6/::1/tcp/1", PEER, None)


def test_an_address_through_a_relay_comes_apart() -> None:
    relay = f"/ip4/203.0.113.5/tcp/4001/p2p/{RELAY}"
    through = addresses.through(relay, PEER)

    assert through == f"/ip4/203.0.113.5/tcp/4001/p2p/{RELAY}/p2p-circuit/p2p/{PEER}"
    found = addresses.read(through)
    assert (found.target, found.peer_id) == (f"{relay}/p2p-circuit", PEER)
    assert (found.relay, found.ip, found.port) == (relay, "203.0.113.5", 4001)


def test_where_there_is_room_for_few_relays_are_not_left_out() -> None:
    direct = [f"/ip4/203.0.113.{number}/tcp/1/p2p/{PEER}" for number in range(8)]
    relayed = [
        addresses.through(f"/ip4/198.51.100.1/tcp/{port}/p2p/{RELAY}", PEER) for port in (1, 2)
    ]

    assert addresses.fitted([*relayed, *direct], 20) == [*direct, *relayed]
    assert addresses.fitted([*direct, *relayed], 8) == [*direct[:6], *relayed]
    assert addresses.fitted([*direct, *relayed], 1) == relayed[:1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "/ip4/1.2.3.4/tcp/1",
        f"/ip4/1.2.3.4/udp/1/p2p/{PEER}",
        f"/p2p/{PEER}",
        f"/p2p/{PEER}/p2p-circuit/p2p/{PEER}",
        f"/ip4/1.2.3.4/tcp/1/p2p/{PEER}/p2p-circuit",
        f"/ip4/1.2.3.4/tcp/1/p2p-circuit/p2p/{PEER}",
        f"/ip4/1.2.3.4/tcp/1/p2p/{PEER}/p2p-circuit/p2p/{PEER}/p2p-circuit/p2p/{PEER}",
    ],
)
def test_what_is_no_peers_address_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(LocalError, match=r"/ip4/203\.0\.113\.5"):
        addresses.read(text)
    assert not addresses.is_peer(text)


@pytest.mark.parametrize(
    "text", ["/ip4/127.0.0.1/udp/1", "/dns4/localhost/tcp/0", f"/ip4/1.2.3.4/tcp/1/p2p/{PEER}"]
)
def test_what_cannot_be_listened_on_is_refused(text: str) -> None:
    with pytest.raises(LocalError, match="cannot listen"):
        addresses.check_listen(text)


def test_a_taken_port_is_refused_though_libp2p_would_share_it() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(LocalError, match="choose another"):
            addresses.check_listen(f"/ip4/127.0.0.1/tcp/{taken.getsockname()[1]}")


def test_all_interfaces_stand_as_what_they_are() -> None:
    found = addresses.expand(["/ip4/0.0.0.0/tcp/4001", "/ip4/127.0.0.1/tcp/5"])

    assert "/ip4/127.0.0.1/tcp/5" in found
    assert len(found) >= 2
    assert not any("0.0.0.0" in one for one in found)


def test_ranges_share_a_fate() -> None:
    assert ips.range_of("203.0.113.77") == "203.0.113.0/24"
    assert ips.range_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert ips.range_of("::ffff:203.0.113.77") == "203.0.113.0/24"
    assert ips.range_of("fe80::1%eth0") == "fe80::/48"


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=4, now=0)

    assert bucket.take(4, 0) == 0
    assert bucket.take(1, 0) == 0.5
    assert not bucket.take_if_there(1, 0.5)
    assert bucket.take_if_there(1, 1)
    assert bucket.take(4, 100) == 0


def test_buckets_are_one_for_each_key_and_the_least_recent_is_forgotten() -> None:
    buckets = Buckets[str](rate=1e-6, burst=1, capacity=2)

    assert buckets.take_if_there("a", 0)
    assert buckets.take_if_there("b", 0)
    assert not buckets.take_if_there("a", 0)
    assert buckets.take_if_there("c", 0)
    assert buckets.take_if_there("b", 0)  # forgotten, and so begun anew
    assert not buckets.take_if_there("c", 0)


async def test_small_reads_come_from_memory() -> None:
    class Raw:
        reads = 0

        async def read(self, n: int | None = None) -> bytes:
            self.reads += 1
            return b"abcdef" if self.reads == 1 else b""

    raw = Raw()
    reader = Buffered(raw)
    parts = [await reader.read(1), await reader.read(3), await reader.read(9)]

    assert parts == [b"a", b"bcd", b"ef"]
    assert raw.reads == 1
    assert await reader.read(1) == b""
