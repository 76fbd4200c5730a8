"""A process that announces until it is killed, and prints each id once it was acknowledged.

Arguments: the store's path, the first slot.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

import trio

from potluck.node.replication.intake import Intake
from potluck.node.store import Bounds, Store
from tests.builders import NETWORK, NOW, host, signed

BATCH = 7


async def announce(path: Path, first: int) -> None:
    """Announce ever more, in batches and one by one."""
    with Store(path, Bounds(50_000, bytes(32), host().key)) as store:
        intake = Intake(NETWORK, store, lambda: NOW)
        for slot in count(first, BATCH + 1):
            many = [signed(slot=slot + step) for step in range(BATCH)]
            one = signed(slot=slot + BATCH)
            await intake.announce_many(many)
            await intake.announce(one)
            print(*(each.id.hex() for each in [*many, one]), sep="\n", flush=True)


if __name__ == "__main__":
    trio.run(announce, Path(sys.argv[1]), int(sys.argv[2]))
