"""Many nodes that are killed, or cut apart, while they announce: in the end all hold everything."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from random import Random

import pytest

from potluck.protocol.errors import LocalError
from potluck.protocol.wire import SignedAnnouncement
from tests.node.loopback import until as until_in_trio
from tests.node.whole import Node, announcements, network_of

from .cable import HAS_NAMESPACES, Cable
from .processes import Process, processes, until
from .test_end_to_end import SOUP

AT_ONCE = 2
"""Nodes that start at the same time: to load libp2p takes a processor two seconds."""


def random_topology(nodes: int, degree: int, rng: Random) -> list[list[int]]:
    """Whom each node dials, of those before it: connected, about so many neighbours each."""
    return [rng.sample(range(node), min(node, degree // 2)) for node in range(nodes)]


def start_all(nodes: Sequence[Process], dials: Sequence[Sequence[int]]) -> None:
    """Start the nodes, each at an address that it keeps, dialling those chosen for it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Process.start, nodes))
        for node in nodes:
            node.listen = node.address.partition("/p2p/")[0]
        for node, others in zip(nodes, dials, strict=True):
            for other in others:
                node.call("connect", address=nodes[other].address)


class Swarm:
    """
    Nodes that announce while they are killed; `acknowledged` are the ids that a node said it kept.
    """

    def __init__(self, nodes: Sequence[Process], rng: Random, pool: ThreadPoolExecutor) -> None:
        self._nodes = nodes
        self._rng = rng
        self._pool = pool
        self._restarts: dict[Process, Future[None]] = {}
        self.acknowledged: set[str] = set()

    def announce(self) -> None:
        """Announce from any node, even one that is being killed: it then says no, or keeps it."""
        node = self._rng.choice(self._nodes)
        try:
            self.acknowledged.add(node.call("announce", form=SOUP)["id"])
        except LocalError:
            assert node in self._restarts, "a node that was left alone refused"

    def kill(self, node: Process) -> None:
        """SIGKILL, and a new start in the background."""
        self._restarts[node] = self._pool.submit(_kill, node)

    def kill_any(self) -> None:
        """Kill one of those that are up."""
        up = [
            node
            for node in self._nodes
            if node not in self._restarts or self._restarts[node].done()
        ]
        self.kill(self._rng.choice(up))

    def churn(self, announcements: int, seconds: float) -> None:
        """Announce so often in so many seconds, with a kill every five."""
        next_kill = began = time.monotonic()
        for number in range(announcements):
            self.announce()
            if time.monotonic() >= next_kill:
                self.kill_any()
                next_kill += 5
            time.sleep(max(0.0, began + number * seconds / announcements - time.monotonic()))

    def wait_for_restarts(self) -> None:
        for restart in self._restarts.values():
            restart.result()

    def check(self) -> None:
        """Wait until everybody is up again and holds everything acknowledged."""
        self.wait_for_restarts()
        for node in self._nodes:
            until(lambda node=node: self.acknowledged <= node.ids())  # type: ignore[misc]


def _kill(node: Process) -> None:
    node.stop(signal.SIGKILL)
    node.start()


@contextmanager
def swarm(
    folder: Path, names: str, degree: int, seed: int
) -> Iterator[tuple[Swarm, list[Process]]]:
    """A running swarm of random topology."""
    rng = Random(seed)
    with processes(folder, names) as nodes, ThreadPoolExecutor(AT_ONCE) as pool:
        start_all(nodes, random_topology(len(nodes), degree, rng))
        yield Swarm(nodes, rng, pool), nodes


def test_whatever_is_acknowledged_reaches_all_though_each_node_is_killed_once(
    tmp_path: Path,
) -> None:
    with swarm(tmp_path, "abcde", 4, seed=1) as (the_swarm, nodes):
        for node in nodes:
            the_swarm.kill(node)
            for _ in range(40 // len(nodes)):
                the_swarm.announce()
            the_swarm.wait_for_restarts()
        the_swarm.check()

        assert len(the_swarm.acknowledged) >= 30


@pytest.mark.soak
def test_twenty_nodes_and_a_kill_every_five_seconds_for_two_minutes(tmp_path: Path) -> None:
    with swarm(tmp_path, "abcdefghijklmnopqrst", 4, seed=2) as (the_swarm, _nodes):
        the_swarm.churn(500, 120)
        the_swarm.check()

        assert len(the_swarm.acknowledged) >= 450


class Bans:
    """Cuts two sides apart by bans: one of each pair hangs up, and answers the other no more."""

    def __init__(self, left: Sequence[Process], right: Sequence[Process]) -> None:
        self._right = right
        self._left = left
        self._ids = [node.call("status")["peer_id"] for node in right]

    def cut(self) -> None:
        for node in self._left:
            for peer in self._ids:
                node.call("ban", target=peer)

    def heal(self) -> None:
        for node in self._left:
            for peer in self._ids:
                node.call("unban", target=peer)
        for node, other in zip(self._left, self._right, strict=True):
            node.call("connect", address=other.address)


def apart(divide: Bans | Cable, sides: Sequence[Sequence[Process]], seconds: float) -> None:
    """Announce on both sides while they are cut apart; when joined, all are equal within 30 s."""
    everybody = [node for side in sides for node in side]
    for node in everybody:
        until(lambda node=node: node.call("status")["peers"] >= len(sides[0]))  # type: ignore[misc]
    divide.cut()
    began, said = time.monotonic(), [set[str](), set[str]()]
    while time.monotonic() < began + seconds:
        for side, ids in zip(sides, said, strict=True):
            ids.add(side[len(ids) % len(side)].call("announce", form=SOUP)["id"])
        time.sleep(seconds / 20)
    assert not said[0] & sides[1][0].ids()
    divide.heal()
    until(lambda: all(said[0] | said[1] <= node.ids() for node in everybody), 30)


@pytest.mark.soak
def test_sides_that_banned_each_other_are_equal_soon_after(tmp_path: Path) -> None:
    with processes(tmp_path, "abcdefghij") as nodes:
        sides = nodes[:5], nodes[5:]
        start_all(nodes, random_topology(10, 4, Random(3)))
        apart(Bans(*sides), sides, 60)


if HAS_NAMESPACES:

    @pytest.mark.soak
    def test_sides_whose_cable_was_cut_are_equal_soon_after(tmp_path: Path) -> None:
        with Cable() as cable, processes(tmp_path, "abcdefghij") as nodes:
            sides = nodes[:5], nodes[5:]
            for number, side in enumerate(sides):
                for node in side:
                    cable.plug(number, node)
            start_all(nodes, random_topology(10, 4, Random(3)))
            apart(cable, sides, 60)


async def test_a_small_network_that_was_cut_apart_is_equal_after_one_dial(tmp_path: Path) -> None:
    common, left, right = announcements(20), announcements(15, 100), announcements(15, 200)
    async with network_of(tmp_path, *[{}] * 6) as nodes:
        for number, others in enumerate(random_topology(6, 4, Random(4))):
            for other in others:
                await nodes[number].dial(nodes[other])
        await say(nodes[0], common)
        await until_in_trio(lambda: all(node.knows(common) for node in nodes))

        for one, another in product(nodes[:3], nodes[3:]):
            await one.transport.disconnect(another.transport.peer_id)
        await say(nodes[1], left)
        await say(nodes[4], right)
        await until_in_trio(lambda: all(node.knows(left) for node in nodes[:3]))
        await until_in_trio(lambda: all(node.knows(right) for node in nodes[3:]))
        assert not nodes[5].knows(left[:1])
        assert not nodes[2].knows(right[:1])

        await nodes[2].dial(nodes[5])
        await until_in_trio(lambda: all(node.knows(left + right) for node in nodes), 60)
        assert not any(node.offences for node in nodes)


async def say(node: Node, what: list[SignedAnnouncement]) -> None:
    """Announce at this node."""
    node.take(what)
    await node.gossip.publish([one.encoded for one in what])
