"""Asking real peers whether they hold an announcement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import trio
import trio.testing

from potluck.node import limits
from potluck.node.operations.announce import announce as events
from potluck.node.operations.forms import EventForm
from potluck.node.operations.health.reach import reach
from potluck.node.operations.service import Peer
from potluck.node.replication.holders import Reach
from potluck.node.transport.channel import Kind
from potluck.node.transport.frames import Stream
from potluck.node.transport.protocols import SYNC
from potluck.protocol import canonical
from potluck.protocol.errors import NodeNotRunning, NotFound
from tests.builders import NETWORK
from tests.node.at_home import at_home
from tests.node.loopback import until
from tests.node.web.api_server import Connected
from tests.node.whole import Node, announcements, network_of


def reach_of(node: Node) -> Reach:
    return Reach(node.transport, NETWORK, lambda: node.clock, bytes)


class Crowd(Connected):
    """Peers of which each gives its answer."""

    def __init__(self, *answers: bool | None) -> None:
        self._answers = dict(enumerate(answers))

    def peers(self) -> list[Peer]:
        return [{"id": str(number), "address": None, "relay": None} for number in self._answers]

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        return self._answers[int(peer_id)]


async def test_the_answers_are_counted(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        soup = await events.announce(home, EventForm(title="Soup", start="2026-12-01T19:00"))
        edited = await events.edit(home, soup["id"], EventForm(title="Stew"))
        crowd = replace(home, connections=Crowd(True, True, False, None))

        assert await reach(crowd, soup["id"][:8]) == {
            "id": edited["id"], "title": "Stew", "revision": 1, "peers": 4, "hold": 2, "silent": 1,
        }  # fmt: skip
        with pytest.raises(NotFound, match="connected with nobody"):
            await reach(replace(home, connections=Crowd()), soup["id"])
        with pytest.raises(NodeNotRunning):
            await reach(home, soup["id"])


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ASK_AGAIN", 0.05)


async def test_a_peer_says_whether_it_holds_an_announcement(tmp_path: Path) -> None:
    known, unknown = announcements(2)
    async with network_of(tmp_path, {}, {}) as (a, b):
        b.take([known])
        await a.dial(b)
        await until(lambda: a.knows([known]))
        a.take([unknown])

        there = b.transport.peer_id
        assert await reach_of(a).holds(there, known.id) is True
        assert await reach_of(a).holds(there, unknown.id) is False
        assert not b.knows([unknown]), "asking tells nobody anything"
        assert a.offences == b.offences == []


async def test_who_is_gone_or_busy_does_not_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = announcements(1)
    async with network_of(tmp_path, {}, {}) as (a, b):
        assert await reach_of(a).holds(b.transport.peer_id, one.id) is None
        await a.dial(b)
        await until(lambda: b.transport.peer_id in a.transport.peers)
        monkeypatch.setattr(limits, "MAX_INBOUND_SESSIONS", 0)
        assert await reach_of(a).holds(b.transport.peer_id, one.id) is None
        assert a.offences == []


async def test_another_announcement_is_no_answer(tmp_path: Path) -> None:
    wanted, other = announcements(2)

    async def give_another(stream: Stream) -> None:
        hello = await stream.receive()
        assert hello is not None
        await stream.send(NETWORK.id + canonical.pack([1, 0]))
        await stream.receive()
        await stream.send(bytes([Kind.GIVE]) + canonical.pack([1, [other.encoded], []]))

    async with network_of(tmp_path, {}, {}) as (a, b):
        await trio.testing.wait_all_tasks_blocked()
        b.transport.handle(SYNC, give_another)
        await b.dial(a)
        await until(lambda: b.transport.peer_id in a.transport.peers)

        assert await reach_of(a).holds(b.transport.peer_id, wanted.id) is None
        assert a.offences == ["undecodable"]
