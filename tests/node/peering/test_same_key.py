"""Two nodes with one key, as a copied home makes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import trio
import trio.testing

from potluck.node import limits
from potluck.node.peering.peer_record import PeerRecord
from potluck.node.peering.same_key import SameKey
from potluck.node.store import Bounds, Store
from potluck.node.transport import multiaddrs, protocols
from tests.builders import NETWORK, NOW
from tests.node.loopback import HERE

from .test_dialer import Node, node

US = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"
HOME, AWAY = f"/ip4/192.0.2.1/tcp/1/p2p/{US}", f"/ip4/192.0.2.2/tcp/1/p2p/{US}"


def record(issued_at: int, *at: str) -> PeerRecord:
    return PeerRecord(US, tuple(map(multiaddrs.read, at)), issued_at, b"")


def test_only_a_later_record_with_an_address_that_was_never_ours_is_another_nodes() -> None:
    key = SameKey(NOW)
    key.note([HOME])

    assert not key.hear(record(NOW - 60, AWAY)), "of an earlier run, perhaps"
    assert not key.hear(record(NOW + 60, HOME))
    assert not key.elsewhere
    assert key.hear(record(NOW + 60, HOME, AWAY))
    assert not key.hear(record(NOW + 90, AWAY)), "it is said once"
    assert list(key.elsewhere) == [AWAY]


async def test_both_nodes_hear_of_each_other_from_one_that_knows_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # They are one peer to the third, which else may refuse one for writing down what the other
    # said, each time, until both have asked as often as they may.
    several = replace(protocols.PEERS, at_once=int(limits.EXCHANGES_BURST))
    monkeypatch.setattr(protocols, "PEERS", several)
    copied = tmp_path / "copied"
    copied.mkdir()
    async with node(tmp_path, 9) as common:
        with Store(copied / "store", Bounds(50_000, bytes(32), bytes(32))) as store:
            twin = Node(store, 1, HERE, (), NETWORK)
            async with twin.transport.running(), trio.open_nursery() as nursery:
                nursery.start_soon(twin.peers.run)
                async with node(tmp_path, 1) as first:
                    assert first.peer_id == twin.peer_id
                    await first.peers.connect(common.address)
                    await twin.peers.connect(common.address)
                    await trio.testing.wait_all_tasks_blocked(0.2)  # they ask at once, too
                    at, both = NOW, (first.peers.records, twin.peers.records)
                    with trio.fail_after(60):
                        while not all(one.same_key.elsewhere for one in both):
                            for one in both:  # as they ask now and then
                                at += int(limits.RECORD_RENEWAL) + 1
                                one._clock = lambda at=at: at  # type: ignore[misc]
                                await one.ask(common.peer_id)

                    assert both[0].same_key.elsewhere[0] in twin.transport.addresses
                    assert both[1].same_key.elsewhere[0] in first.transport.addresses
                nursery.cancel_scope.cancel()
