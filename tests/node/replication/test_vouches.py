"""Vouches between nodes: by gossip, and by sync as a set of their own; in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
import trio
from trio.testing import MockClock

from potluck.node import limits
from potluck.node.transport.memory_network import MemoryNetwork
from potluck.protocol.errors import RemoteError
from potluck.protocol.vouch import MAX_VOUCHES, SignedVouch, Vouch, sign_vouch
from tests.builders import NETWORK, NOW, host, nonce, signed
from tests.node.virtual import Node, running
from tests.node.whole import announcements

DAY = 86_400


def world() -> MemoryNetwork:
    return MemoryNetwork(lambda _source, _target, _size: 0.001)


async def until(true: Callable[[], bool]) -> None:
    with trio.fail_after(60):
        while not true():  # noqa: ASYNC110 - in virtual time nothing is busier than waiting
            await trio.sleep(0.1)


def vouches(of: int, count: int = 1) -> list[SignedVouch]:
    """Vouches of a host for so many others."""
    by = host(of)
    made = Vouch(NETWORK.id, by.key, nonce(by), 0, bytes(32), NOW, NOW + DAY, True)
    return [sign_vouch(replace(made, index=at, host=host(100 + at).key), by) for at in range(count)]


def take(node: Node, given: Iterable[SignedVouch]) -> None:
    for one in given:
        node.intake.vouches.take(one, one.has_valid_signature)


def knows(node: Node, given: Iterable[SignedVouch]) -> bool:
    return not any(node.intake.vouches.needs(one.id) for one in given)


async def test_of_what_was_left_out_so_many_are_remembered(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_REFUSED", 1)
    node, by = Node(world(), "10.0.0.1"), host(1)
    won = vouches(1)[0].vouch
    lost = [sign_vouch(replace(won, expires_at=NOW + day * DAY // 4), by) for day in (2, 3)]
    take(node, [sign_vouch(won, by), *lost])

    assert [node.intake.vouches.needs(one.id) for one in lost] == [True, False]


async def test_sync_brings_both_sets_to_both_sides(autojump_clock: MockClock) -> None:
    net = world()
    a, b = Node(net, "10.0.0.1"), Node(net, "10.1.0.1")
    ours, theirs, common = vouches(1, 64), vouches(2, 30), vouches(3, 5)
    take(a, ours + common)
    take(b, theirs + common)
    a.take(announcements(3))
    async with running(a, b):
        await a.peers.connect(b.address)
        await until(lambda: knows(a, theirs) and knows(b, ours) and b.knows(announcements(3)))
        await until(lambda: a.sync.heard_vouches)

    assert a.offences == b.offences == []
    assert not b.sync.heard_vouches  # it only answered


async def test_a_joiner_streams_vouches_in_several_frames(autojump_clock: MockClock) -> None:
    net = world()
    joiner, b = Node(net, "10.0.0.1"), Node(net, "10.1.0.1")
    everything = [one for of in range(1, 9) for one in vouches(of, MAX_VOUCHES)]
    take(b, everything)
    async with running(joiner, b):
        await joiner.peers.connect(b.address)
        await until(lambda: knows(joiner, everything))

    assert joiner.offences == b.offences == []


async def test_gossip_carries_a_vouch_and_never_twice(autojump_clock: MockClock) -> None:
    net = world()
    a, b = Node(net, "10.0.0.1"), Node(net, "10.1.0.1")
    (vouch,) = vouches(1)
    async with running(a, b):
        await a.peers.connect(b.address)
        await until(lambda: bool(b.transport.peers))
        take(a, [vouch])
        await a.gossip.publish([vouch.encoded])
        await until(lambda: knows(b, [vouch]))
        assert not b.intake.vouches.offer_gossip(vouch.encoded)
        assert a.offences == b.offences == []


async def test_a_host_that_vouches_all_the_time_is_kept_and_not_forwarded(
    autojump_clock: MockClock,
) -> None:
    node = Node(world(), "10.0.0.1")
    (first,) = vouches(1)
    forwarded = [
        node.intake.vouches.offer_gossip(
            sign_vouch(replace(first.vouch, expires_at=NOW + DAY + at), host(1)).encoded
        )
        for at in range(100)
    ]
    assert forwarded == [True] * 64 + [False] * 36


async def test_what_is_no_vouch_is_an_offence() -> None:
    node = Node(world(), "10.0.0.1")
    for encoded in (signed().encoded, b"\x92\xc4\x01\x99", b""):
        with pytest.raises(RemoteError):
            node.intake.vouches.decode(encoded)
