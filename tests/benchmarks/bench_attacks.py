"""Whether honest events go on arriving while a node is attacked from another process.

A victim and its friend run here, with all their parts, over loopback. A decoy like the victim runs
in a process of its own. The attack is thrown at the decoy and at the victim by turns, so that the
machine works as much in both, and what differs is what the attack costs the victim's own loop.
From 5 s after the onset the time is taken from the announcement at the friend to the arrival at
the victim: of this process's processor, and of the clock on the wall.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count, islice
from pathlib import Path
from statistics import mean, median

import pytest
import trio

from potluck.node.replication.intake import Origin
from tests.benchmarks.attacked import Whole, whole
from tests.benchmarks.attacks import ATTACKS
from tests.builders import NETWORK, body, host, signed
from tests.node.loopback import until

ROUNDS = 2
DELIVERIES = 30
ONSET = 5.0


@asynccontextmanager
async def saying(module: str, *words: str) -> AsyncIterator[str]:
    """A process of its own, and the first thing it says; killed at the end."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *words]
    process = await trio.lowlevel.open_process(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield (await process.stdout.receive_some()).decode().strip()
    finally:
        with trio.CancelScope(shield=True):
            process.kill()
            await process.wait()


async def delivery(source: Whole, target: Whole, slot: int) -> tuple[float, float]:
    """Seconds from one node to the other: of the processor, and of the clock on the wall."""
    now = int(time.time())
    one = signed(host(3), slot, issued_at=now, what=body(f"Honest {slot}", now + 86_400))
    came = target.arrived[one.id] = trio.Event()
    began = time.process_time(), time.perf_counter()
    source.intake.offer(one.encoded, Origin.SYNC)
    await source.parts.gossip.publish([one.encoded])
    with trio.fail_after(60):
        await came.wait()
    return time.process_time() - began[0], time.perf_counter() - began[1]


@pytest.mark.parametrize("attack", ATTACKS)
async def bench_attack(tmp_path: Path, attack: str) -> None:
    """Printed: under attack, beside the same attack on the decoy; the ratio is to stay below 2."""
    times: dict[str, list[tuple[float, float]]] = {"decoy": [], "victim": []}
    async with (
        saying("attacked", str(tmp_path / "decoy")) as decoy,
        whole(tmp_path / "victim") as victim,
        whole(tmp_path / "friend") as friend,
    ):
        await victim.fill()
        await friend.parts.peers.connect(victim.address)
        one, other = victim.parts.transport, friend.parts.transport
        await until(lambda: other.peer_id in one.mesh(NETWORK.topic), 120)
        await until(lambda: one.peer_id in other.mesh(NETWORK.topic), 120)
        slots = count()
        for _ in range(ROUNDS):
            for attacked, address in (("decoy", decoy), ("victim", victim.address)):
                async with saying("attacks", attack, address):
                    await trio.sleep(ONSET)
                    for slot in islice(slots, DELIVERIES):
                        times[attacked].append(await delivery(friend, victim, slot))
                        await trio.sleep(0.05)
        lost = other.peer_id in victim.lost
    print(f"\n{attack}: honest connection {'LOST' if lost else 'kept'}")
    for number, unit in enumerate(("processor", "wall")):
        control, under = ([each[number] * 1e3 for each in of] for of in times.values())
        for name, average in (("median", median), ("mean", mean)):
            a, b = average(control), average(under)
            print(f"  {unit}, {name:>6}: {a:5.1f} to {b:5.1f} ms, {b / a:.1f} times")
