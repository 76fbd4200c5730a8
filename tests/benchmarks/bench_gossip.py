"""Gossip over loopback: announcements a second that a node with 8 peers admits and forwards.

All nine nodes share this process, so the figure per core counts the work of the node in the middle
only by its share: beside it stands what admission alone does in the same run.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from potluck.node import limits
from potluck.node.replication.intake import Intake, Origin
from potluck.node.store import Bounds, Store
from tests.builders import NETWORK, NOW, body, host, signed
from tests.node.loopback import until
from tests.node.whole import network_of

PEERS = 8
ANNOUNCEMENTS = 400


async def bench_gossip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One peer publishes, the node in the middle admits and forwards, seven receive."""
    monkeypatch.setattr(limits, "AUTHOR_FORWARDS_BURST", 1e9)
    made = [
        signed(host(number % 20), number, what=body(f"Event {number}"))
        for number in range(ANNOUNCEMENTS)
    ]
    async with network_of(tmp_path, *[{}] * (PEERS + 1)) as (middle, *others):
        for other in others:
            await other.dial(middle)
        await until(lambda: len(middle.transport.mesh(NETWORK.topic)) == PEERS, 30)
        source, *sinks = others
        before, cpu = time.perf_counter(), time.process_time()
        for one in made:
            source.intake.offer(one.encoded, Origin.SYNC)
            await source.transport.publish(NETWORK.topic, one.encoded)
        await until(
            lambda: all(sink.intake.outcomes["fresh"] == ANNOUNCEMENTS for sink in sinks), 60
        )
        seconds, cpu = time.perf_counter() - before, time.process_time() - cpu
    with Store(tmp_path / "alone.sqlite", Bounds(50_000, bytes(32), bytes(32))) as store:
        intake = Intake(NETWORK, store, lambda: NOW)
        alone = time.process_time()
        for one in made:
            intake.offer(one.encoded, Origin.GOSSIP)
        alone = time.process_time() - alone
    copies = ANNOUNCEMENTS * PEERS
    print(
        f"\ngossip, {ANNOUNCEMENTS} announcements through a node with {PEERS} peers: none lost, "
        f"{ANNOUNCEMENTS / seconds:.0f} a second, {copies / cpu:.0f} received copies per "
        "core-second "
        f"(libp2p alone: 400 to 500); admission alone {ANNOUNCEMENTS / alone:.0f} per core-second"
    )
