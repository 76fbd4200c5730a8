"""Attackers from a raw libp2p peer against whole nodes: SECURITY.md has the table."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from libp2p.network.stream.exceptions import StreamReset
from libp2p.utils.varint import encode_varint_prefixed

from potluck.node import limits
from potluck.node.store import Bounds, Store
from potluck.node.transport.protocols import SYNC
from potluck.protocol import canonical, wire
from potluck.protocol.identity import Identity
from potluck.protocol.items import Items
from potluck.protocol.network import Network
from potluck.protocol.reconcile import Reconciler
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, body, host, signed
from tests.node.attacker import Attacker, attacking, message
from tests.node.loopback import until
from tests.node.offences import control
from tests.node.whole import Node, announcements, network_of

OTHER = Network("other", 4)


@asynccontextmanager
async def under_attack(folder: Path) -> AsyncIterator[tuple[Node, Node, Attacker]]:
    """A victim with a friend who gossips with it, and an attacker connected with the victim."""
    async with network_of(folder, {}, {}) as (victim, friend):
        await friend.dial(victim)
        await until(lambda: friend.transport.peer_id in victim.transport.mesh(NETWORK.topic))
        await until(lambda: victim.transport.peer_id in friend.transport.mesh(NETWORK.topic))
        async with attacking(victim.transport.addresses[0]) as attacker:
            yield victim, friend, attacker


def gossip(announcements: Iterable[bytes], first: int = 1000) -> list[Any]:
    """Wrapped as gossip, each under a key of its own."""
    return [message(one, number, NETWORK.topic) for number, one in enumerate(announcements, first)]


async def send(attacker: Attacker, messages: list[Any]) -> None:
    for at in range(0, len(messages), 50):
        await attacker.publish(*messages[at : at + 50])


async def honest_announcements_pass(victim: Node, friend: Node, seconds: float = 5) -> None:
    """Announcements of an honest host reach the victim in time, and the victim's its friend."""
    for source, target, slot in ((friend, victim, 90_001), (victim, friend, 90_002)):
        one = signed(host(3), slot, what=body(f"Honest {slot}"))
        source.take([one])
        await source.gossip.publish([one.encoded])
        await until(partial(target.knows, [one]), seconds)
    assert friend.transport.peer_id in victim.transport.peers
    assert friend.offences == []


async def test_a_flood_of_one_key_is_kept_but_not_forwarded(tmp_path: Path) -> None:
    flood = [signed(host(5), slot, what=body(f"Flood {slot}")) for slot in range(300)]
    async with under_attack(tmp_path) as (victim, friend, attacker):
        await send(attacker, gossip(one.encoded for one in flood))
        await honest_announcements_pass(victim, friend)
        await until(lambda: victim.knows(flood))

        assert friend.intake.outcomes["fresh"] <= limits.AUTHOR_FORWARDS_BURST + 10
        assert victim.offences == [], "whoever forwards a valid announcement is never punished"


def without_stamp(identity: Identity) -> SignedAnnouncement:
    """An announcement whose stamp was not searched for: one in 16 fits by chance."""
    fields = replace(signed(identity).announcement, nonce=b"no stamp")
    return wire.sign(fields, identity)


async def test_keys_without_stamps_end_the_senders_connection(tmp_path: Path) -> None:
    unstamped = [without_stamp(Identity.from_seed(bytes([seed, 7]) * 16)) for seed in range(20)]
    async with under_attack(tmp_path) as (victim, friend, attacker):
        await send(attacker, gossip(one.encoded for one in unstamped))
        await until(lambda: not attacker.connected)
        await honest_announcements_pass(victim, friend)

        assert "stamp" in victim.offences
        assert len(victim.offences) <= 20


BAD: dict[str, tuple[list[str], Callable[[], bytes]]] = {
    "oversized": (["oversize"], lambda: bytes(5000)),
    "not an announcement": (["undecodable"], lambda: b"nonsense"),
    "bad signature": (["signature"], lambda: signed().encoded[:-1] + b"\0"),
    "of another network": (["network"], lambda: signed(network=OTHER).encoded),
    "from the future": ([], lambda: signed(issued_at=NOW + 3600).encoded),
    "expired": ([], lambda: signed(issued_at=NOW - 9000, expires_at=NOW - 1).encoded),
}


@pytest.mark.parametrize("name", BAD)
async def test_only_what_no_conforming_peer_sends_is_an_offence(tmp_path: Path, name: str) -> None:
    reasons, make = BAD[name]
    async with under_attack(tmp_path) as (victim, friend, attacker):
        await send(attacker, gossip([make()]))
        if reasons:
            await until(lambda: not attacker.connected)
        await honest_announcements_pass(victim, friend)

        assert victim.offences == reasons
        assert victim.intake.outcomes["fresh"] == 2
        assert attacker.connected is not bool(reasons)


async def test_a_replay_under_fresh_keys_goes_no_further(tmp_path: Path) -> None:
    old = announcements(20)
    async with under_attack(tmp_path) as (victim, friend, attacker):
        victim.take(old)
        friend.take(old)
        for turn in range(5):
            await send(attacker, gossip((one.encoded for one in old), first=1000 * turn))
        await honest_announcements_pass(victim, friend)

        assert friend.intake.outcomes["seen"] == 0, "nothing of the replay was forwarded"
        assert victim.offences == []


async def test_a_flood_of_ihave_changes_nothing(tmp_path: Path) -> None:
    async with under_attack(tmp_path) as (victim, friend, attacker):
        stream = await attacker.send_rpc(b"")
        for turn in range(100):
            ids = [b"%d %d" % (turn, number) for number in range(500)]
            frame = control(ihave=[(NETWORK.topic, ids)], iwant=ids).SerializeToString()
            await stream.write(encode_varint_prefixed(frame))
        await honest_announcements_pass(victim, friend)


async def test_a_silent_stream_takes_no_place_of_a_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_INBOUND_SESSIONS", 1)
    async with under_attack(tmp_path) as (victim, friend, attacker):
        await attacker.open(SYNC.id)
        learnt = announcements(60, 500)
        victim.take(learnt)
        friend.sync.talk_to(victim.transport.peer_id)
        await until(lambda: friend.knows(learnt), limits.SYNC_RETRY)


async def test_a_peer_that_never_answers_holds_up_nobody(tmp_path: Path) -> None:
    async def accept(_stream: object) -> None:
        await trio.sleep_forever()

    async with under_attack(tmp_path) as (victim, friend, attacker):
        attacker.host.set_stream_handler(SYNC.id, accept)
        victim.sync.talk_to(attacker.peer_id)
        learnt = announcements(60, 500)
        friend.take(learnt)
        victim.sync.talk_to(friend.transport.peer_id)
        await until(lambda: victim.knows(learnt))
        await honest_announcements_pass(victim, friend)


async def test_a_sync_that_never_ends_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SESSION_SECONDS", 1.0)
    async with under_attack(tmp_path) as (victim, friend, attacker):
        stream = await attacker.open(SYNC.id)
        cutoff = -(-NOW // 3600) * 3600
        await stream.write(_frame(NETWORK.id + canonical.pack([1, NOW, cutoff, None, 0])))
        opening = _frame(b"\x01" + canonical.pack(Reconciler(Items([])).open()))

        async def go_on() -> None:
            with contextlib.suppress(StreamReset):  # so the victim may end it
                while True:
                    await stream.write(opening)
                    await trio.sleep(0.01)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(go_on)
            await until(lambda: victim.sync._scopes)
            await until(lambda: not victim.sync._scopes)
            nursery.cancel_scope.cancel()
        await honest_announcements_pass(victim, friend)


async def test_keys_with_the_most_registers_leave_honest_events_in_the_deck(tmp_path: Path) -> None:
    attackers = [host(number) for number in range(20, 33)]
    with Store(tmp_path / "store.sqlite", Bounds(400, bytes(32), bytes(32))) as store:
        node = Node(store, 1)
        honest = [signed(host(number), 1) for number in range(15)]
        node.take(honest)
        node.take(signed(one, slot) for one in attackers for slot in range(100))
        store.ledger.flush().result()
        held = store.deck.encoded_many([one.id for one in honest])

    assert len(held) == len(honest)


def _frame(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body
