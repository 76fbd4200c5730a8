"""Peers of real nodes: libp2p over loopback, real stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
import trio
import trio.testing

from potluck.node import limits
from potluck.node.peering import peer_record as record
from potluck.node.peering.dialer import Peers
from potluck.node.peering.dropped import Bans
from potluck.node.store import Bounds, Store
from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.node.transport.memory_network import MemoryNetwork
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from tests.builders import NETWORK, NOW
from tests.node import virtual
from tests.node.loopback import HERE, until

OTHER = Network("other", 4)


class Node:
    """A transport with its peers, over a store."""

    def __init__(
        self, store: Store, seed: int, listen: str, bootstrap: tuple[str, ...], network: Network
    ) -> None:
        random = Random(seed)
        identity = Identity.from_seed(random.randbytes(32))
        self.transport = Libp2pTransport(identity.seed, [listen], random.randbytes)
        self.peers = Peers(
            self.transport,
            store.peers,
            bootstrap,
            network=network,
            identity=identity,
            clock=lambda: NOW,
            rng=random,
            random_bytes=random.randbytes,
        )
        self.store = store
        self.transport.on_connect = self.peers.connected
        self.transport.on_disconnect = self.peers.disconnected

    @property
    def peer_id(self) -> str:
        return self.transport.peer_id

    @property
    def address(self) -> str:
        return self.transport.addresses[0]

    def knows(self, other: Node) -> bool:
        return other.peer_id in self.transport.peers


@asynccontextmanager
async def node(
    folder: Path, seed: int, *bootstrap: str, listen: str = HERE, network: Network = NETWORK
) -> AsyncIterator[Node]:
    """A running node; one with the same seed has the same store."""
    with Store(folder / f"{seed}.sqlite", Bounds(50_000, bytes(32), bytes(32))) as store:
        made = Node(store, seed, listen, bootstrap, network)
        async with made.transport.running(), trio.open_nursery() as nursery:
            nursery.start_soon(made.peers.run)
            yield made
            nursery.cancel_scope.cancel()


async def test_who_was_met_is_dialled_again_after_a_restart(tmp_path: Path) -> None:
    async with node(tmp_path, 2) as b:
        async with node(tmp_path, 1, b.address) as a:
            await until(lambda: a.knows(b) and a.store.peers.all())
        async with node(tmp_path, 1) as a:
            await until(lambda: a.knows(b))


async def test_a_lost_peer_is_dialled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REDIAL_FIRST", 0.1)
    async with node(tmp_path, 1) as a:
        async with node(tmp_path, 2) as b:
            await a.peers.connect(b.address)
            address = b.address.partition("/p2p/")[0]
        await until(lambda: not a.transport.peers)
        async with node(tmp_path, 2, listen=address) as b:
            await until(lambda: a.knows(b))


async def test_who_was_disconnected_by_the_person_is_not_dialled_again(
    autojump_clock: trio.testing.MockClock,
) -> None:
    world = MemoryNetwork()
    a, b = (virtual.Node(world, f"11.{n}.0.1") for n in (1, 2))
    async with virtual.running(a, b):
        await a.peers.connect(b.address)
        assert b.peer_id in a.transport.peers
        await a.peers.disconnect(b.peer_id)
        before = len(world.dials)
        await trio.sleep(3600)

        assert world.dials[before:] == []
        assert a.transport.peers == []
        assert a.store.peers.all() == []


async def test_whom_a_ban_kept_out_is_dialled_again_when_it_is_lifted(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a, node(tmp_path, 2) as b:
        await a.peers.connect(b.address)
        await a.peers.ban(b.peer_id, "a test")
        await until(lambda: not b.transport.peers and not a.transport.peers)
        await until(lambda: a.peers._book[b.peer_id].failures)
        a.peers._book[b.peer_id].due = float("inf")
        assert await a.peers.unban(b.peer_id)
        await until(lambda: a.knows(b))


async def test_whom_a_ban_kept_out_is_dialled_again_when_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REDIAL_FIRST", 0.1)
    async with node(tmp_path, 1) as a, node(tmp_path, 2) as b:
        await a.peers.connect(b.address)
        await a.peers.ban(b.peer_id, "a test")
        await until(lambda: not b.transport.peers and not a.transport.peers)
        a.peers.bans._list._bans.clear()
        await until(lambda: a.knows(b))


async def test_a_peer_that_comes_and_goes_is_watched_once(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a, node(tmp_path, 2) as b:
        for _ in range(3):
            await b.transport.dial(a.address)
            await until(lambda: a.knows(b))
            await b.transport.disconnect(a.peer_id)
            await until(lambda: not a.transport.peers and not b.transport.peers)
        await b.transport.dial(a.address)
        await until(lambda: a.knows(b))
        await trio.testing.wait_all_tasks_blocked()

        assert a.peers._nursery is not None
        assert sum("_watch" in task.name for task in a.peers._nursery.child_tasks) == 1


async def test_who_is_forgotten_a_moment_before_the_dial_is_not_dialled(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a:
        await a.peers._dial("somebody forgotten")


async def test_a_peer_that_falls_silent_is_dropped(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    world = MemoryNetwork()
    a, b, c = (virtual.Node(world, f"11.{n}.0.1") for n in (1, 2, 3))
    ping = a.transport.ping

    async def answered(peer_id: str) -> None:
        if peer_id == b.peer_id:
            await trio.sleep_forever()
        await ping(peer_id)

    monkeypatch.setattr(a.transport, "ping", answered)
    async with virtual.running(a, b, c):
        await b.transport.dial(a.address)
        await c.transport.dial(a.address)
        assert sorted(a.transport.peers) == sorted([b.peer_id, c.peer_id])
        await trio.sleep(limits.PING_DROP - 1)
        assert len(a.transport.peers) == 2
        await trio.sleep(1.1)
        assert a.transport.peers == [c.peer_id]


async def test_peers_of_peers_are_heard_of_and_dialled(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a, node(tmp_path, 2) as b, node(tmp_path, 3) as c:
        await a.peers.connect(b.address)
        await until(lambda: b.store.peers.peer(a.peer_id) is not None)
        await c.peers.connect(b.address)
        await until(lambda: c.knows(a) and c.store.peers.peer(a.peer_id) is not None)

        heard = c.store.peers.peer(a.peer_id)
        assert heard is not None
        assert heard.record is not None
        assert heard.addresses == (a.address,)


async def test_another_network_is_told_nothing_and_does_no_harm(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a, node(tmp_path, 2, network=OTHER) as b:
        await a.peers.connect(b.address)
        await trio.testing.wait_all_tasks_blocked(0.1)

        assert b.store.peers.all() == []
        assert a.knows(b)
        assert not a.peers.bans.drops
        assert not b.peers.bans.drops


async def test_offences_lead_to_a_ban_that_outlives_a_restart(tmp_path: Path) -> None:
    async with node(tmp_path, 2) as b:
        async with node(tmp_path, 1) as a:
            for _ in range(limits.PENALTY_BAN):
                await b.transport.dial(a.address)
                await until(lambda: a.knows(b))
                a.transport.report(
                    b.peer_id, RemoteError("stamp", "a host key without a birth stamp")
                )
                await until(lambda: not b.transport.peers)
            await until(lambda: a.store.peers.bans(NOW))
            assert [drop.why for drop in a.peers.bans.drops] == [
                "a host key without a birth stamp"
            ] * 3
        async with node(tmp_path, 1) as a:
            (ban,) = a.peers.bans.listed()
            assert (ban.kind, ban.value, ban.why) == (
                "peer",
                b.peer_id,
                "a host key without a birth stamp",
            )
            with pytest.raises(LocalError, match="unban"):
                await a.peers.connect(b.address)
            assert await a.peers.unban(b.peer_id)
            await a.peers.connect(b.address)


async def test_an_address_range_can_be_banned(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a, node(tmp_path, 2) as b:
        await b.transport.dial(a.address)
        await until(lambda: a.knows(b))
        await a.peers.ban("127.0.0.0/8", "a test")
        await until(lambda: not b.transport.peers)

        assert not a.peers.bans.admits("127.0.0.1")
        assert not a.peers.bans.admits("::ffff:127.0.0.1")
        assert a.peers.bans.admits("203.0.113.1")
        with pytest.raises(LocalError, match="cannot ban"):
            await a.peers.ban("everybody", "a test")


async def test_a_record_that_was_changed_is_an_offence(tmp_path: Path) -> None:
    async with node(tmp_path, 1) as a, node(tmp_path, 2) as b:
        forged = record.write(Identity.from_seed(bytes(32)), NETWORK, [], NOW).encoded[:-1] + b"x"
        b.peers.records._own_record = lambda _peer: [  # type: ignore[method-assign, assignment]
            record.PeerRecord(b.peer_id, (), NOW, forged)
        ]
        await b.peers.connect(a.address)
        await until(lambda: a.peers.bans.drops)

        assert a.peers.bans.drops[0].why == "a peer record that its peer did not sign"


async def test_bans_have_a_bound_and_the_persons_outlast_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BANS", 3)
    ids = [peer_id_of(Identity.from_seed(bytes([number]) * 32).key) for number in range(6)]
    with Store(tmp_path / "store.sqlite", Bounds(50_000, bytes(32), bytes(32))) as store:
        bans = Bans(store.peers, lambda: NOW)
        await bans.ban(ids[0], "mine", limits.PERSONS_BAN_SECONDS)
        for number, peer_id in enumerate(ids[1:]):
            await bans.ban(peer_id, "theirs", limits.BAN_SECONDS + number)

        assert {ban.value for ban in bans.listed()} == {ids[0], *ids[-2:]}
        assert {ban.value for ban in store.peers.bans(NOW)} == {ids[0], *ids[-2:]}
