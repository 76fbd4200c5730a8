"""Real nodes that ask each other whether they can be dialled."""

from __future__ import annotations

from random import Random

import pytest

from potluck.node.peering.dial_back import Dialback
from potluck.node.transport import protocols
from potluck.protocol import canonical
from potluck.protocol.network import Network
from tests.builders import NETWORK
from tests.node.loopback import HERE, Node, nodes, until


def dialback(node: Node, network: Network = NETWORK) -> Dialback:
    return Dialback(node.transport, network, Random(1).randbytes)


async def meet(a: Node, b: Node) -> None:
    await a.transport.dial(b.address)
    await until(lambda: a.peer_id in b.transport.peers and b.peer_id in a.transport.peers)


@pytest.mark.parametrize("network", [NETWORK, Network("test", 4, bytes(32))])
async def test_a_peer_says_whether_it_can_dial_back(network: Network) -> None:
    async with nodes(2) as (a, b):
        asker = dialback(a, network)
        dialback(b, network)
        await meet(a, b)

        assert await asker.ask_some() == [True]
        assert await asker.ask_some() == [], "it is not tried again at once"
        assert a.offences == b.offences == []


async def test_a_peer_says_that_nobody_listens_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with nodes(2) as (a, b):
        asker = dialback(a)
        dialback(b)
        await meet(a, b)
        monkeypatch.setattr(type(a.transport), "addresses", [f"{HERE[:-1]}1/p2p/{a.peer_id}"])

        assert await asker.ask_some() == [False]
        assert a.offences == b.offences == []


async def test_another_network_says_nothing() -> None:
    async with nodes(2) as (a, b):
        asker = dialback(a)
        dialback(b, Network("another", 4))
        await meet(a, b)

        assert await asker.ask(b.peer_id) is None
        assert a.offences == b.offences == []


@pytest.mark.parametrize(
    "value", [[1, 0], [1, 65_536], [1, "22"], [1, 22, "192.0.2.1"], ["x"], [True, 22], [1, True]]
)
async def test_a_question_that_is_none_is_an_offence(value: list[object]) -> None:
    async with nodes(2) as (a, b):
        dialback(b)
        await meet(a, b)
        stream = await a.transport.open_stream(b.peer_id, protocols.DIALBACK)
        await stream.send(NETWORK.id + canonical.pack(value))

        await until(lambda: b.offences == [(a.peer_id, "undecodable")])
