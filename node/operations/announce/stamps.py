"""The birth stamp of the home's host key: found once, with progress, then remembered."""

from __future__ import annotations

import secrets
from functools import partial

import trio

from potluck.node.home.home import Home
from potluck.node.operations.service import Progress
from potluck.protocol import stamp

_STEP = 1 << 15  # about 30 ms of hashing between two reports


async def ensure_stamp(home: Home, progress: Progress) -> bytes:
    """The stamp (8 bytes), searched for in a thread if it was never found.

    Progress counts tries; the total is the average, and grows while luck is bad.
    """
    known = home.stamp
    if known is not None:
        return known
    network = home.network
    start, tries = secrets.randbits(48), 0
    while True:
        search = partial(
            stamp.search, network.id, home.identity.key, network.stamp_bits, start + tries, _STEP
        )
        found = await trio.to_thread.run_sync(search)
        tries += _STEP
        if found is not None:
            home.save_stamp(found)
            return found
        average = 1 << network.stamp_bits
        progress(tries, average if tries < average else tries + average // 4)
