"""Wrong clocks, peers that censor, and standstill, on whole nodes in virtual time."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import trio
from trio.testing import MockClock

from potluck.node import limits
from potluck.node.transport.memory_network import MemoryNetwork
from potluck.protocol.announcement import DAY
from tests.node.virtual import LINK, Node, running, world
from tests.node.whole import announcements


async def test_the_clocks_of_strangers_that_came_to_us_say_nothing(
    autojump_clock: MockClock,
) -> None:
    net = world()
    victim = Node(net, "9.0.0.1")
    strangers = [Node(net, f"8.0.{n}.1", victim.address, skew=9000) for n in range(6)]
    async with running(victim, *strangers):
        await trio.sleep(10 * limits.SYNC_INTERVAL)

        assert len(victim.transport.peers) == 6
        assert victim.sync.clocks.offset is None
        assert all(one.sync.clocks.offset is None for one in strangers)


async def test_clocks_of_three_that_we_dialled_say_that_ours_is_wrong(
    autojump_clock: MockClock,
) -> None:
    net = world()
    right = [Node(net, f"8.0.{n}.1") for n in range(3)]
    late = Node(net, "9.0.0.1", *(one.address for one in right), skew=-7200)
    async with running(*right, late):
        await trio.sleep(30)

        assert late.sync.clocks.offset == pytest.approx(7200, abs=2)


async def test_a_clock_that_jumps_both_ways_costs_no_friend_and_no_event(
    autojump_clock: MockClock,
) -> None:
    net = world()
    friends = [Node(net, f"8.0.{n}.1") for n in range(2)]
    jumper = Node(net, "9.0.0.1", *(one.address for one in friends))
    everything = announcements(60)
    friends[0].take(everything[:30])
    jumper.take(everything[30:])
    async with running(*friends, jumper):
        await trio.sleep(10)
        for skew in (40 * DAY, -400 * DAY, 3 * 3600, 0):
            jumper.skew = skew
            await trio.sleep(2 * limits.SYNC_INTERVAL)
        late = announcements(5, 500)
        friends[1].take(late)
        await trio.sleep(2 * limits.SYNC_INTERVAL)

        assert all(node.knows(everything + late) for node in (*friends, jumper))
        assert jumper.transport.peers == sorted(one.peer_id for one in friends)
        assert not any(node.offences for node in (*friends, jumper))


async def test_two_that_censor_do_not_keep_others_apart_who_hear_of_each_other(
    autojump_clock: MockClock,
) -> None:
    """They pass on nothing, neither by gossip nor in sync, but tell whom they know."""
    net = world()
    censors = [Node(net, f"8.0.{n}.1") for n in range(2)]
    for censor in censors:
        censor.intake.offer_gossip = silent  # type: ignore[method-assign]
        censor.store.deck.encoded_many = nothing  # type: ignore[method-assign]
    known = [censor.address for censor in censors]
    one, other = Node(net, "9.0.0.1", *known), Node(net, "9.1.0.1", *known)
    said = announcements(20)
    async with running(*censors, one):
        await trio.sleep(10)
        one.take(said)
        async with running(other):
            await trio.sleep(2 * limits.SYNC_INTERVAL)

            assert other.knows(said)


def silent(encoded: bytes) -> bool:
    """Whether to forward it."""
    return not encoded


def nothing(ids: Iterable[bytes]) -> dict[bytes, bytes]:
    """What of these is given."""
    return {one: one for one in ids if not one}


async def test_a_node_that_was_stopped_for_half_a_minute_goes_on(
    autojump_clock: MockClock,
) -> None:
    """As by SIGSTOP, under load: nothing moves, and then all of it."""
    stopped = False
    net = MemoryNetwork(lambda _source, _target, _size: 30.0 if stopped else LINK)
    node = Node(net, "9.0.0.1")
    friends = [Node(net, f"8.0.{n}.1", node.address) for n in range(3)]
    everything = announcements(200)
    async with running(node, *friends):
        await trio.sleep(5)
        for number, friend in enumerate(friends):
            friend.take(everything[50 * number : 50 * number + 50])
            friend.sync.changed_in_bulk()
        stopped = True
        await trio.sleep(30)
        stopped = False
        node.take(everything[150:])
        node.sync.changed_in_bulk()
        await trio.sleep(limits.SYNC_INTERVAL)

        assert all(one.knows(everything) for one in (node, *friends))
        assert len(node.transport.peers) == 3
        assert not any(one.offences for one in (node, *friends))
