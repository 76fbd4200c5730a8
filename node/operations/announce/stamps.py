"""Stamps: what a host pays once for its key, and once for each source that it imports.

Each is found once, with progress, and then remembered. Those of sources are searched for by worker
processes, one source a worker, since Python hashes on one core only.
"""

import multiprocessing
import os
import secrets
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

import trio

from potluck.node.home.home import Home
from potluck.node.operations.service import Progress, Service
from potluck.protocol import stamp
from potluck.protocol.stamp import Challenge

Found = Callable[[str, bytes], Awaitable[None]]
"""Called with a source id and its stamp (8 bytes)."""

_STEP = 1 << 15  # about 30 ms of hashing between two reports
_LONG_STEP = 1 << 18  # the same for a worker, which is asked through a pipe
_EASY_BITS = 14  # sooner found than a process is started


async def ensure_stamp(home: Home, progress: Progress) -> bytes:
    """The birth stamp (8 bytes), searched for in a thread if it was never found.

    Progress counts tries; the total is the average, and grows while luck is bad.
    """
    if home.stamp is not None:
        return home.stamp
    network = home.network
    challenge = stamp.birth(network.id, home.identity.key, network.stamp_bits)
    start, tries, average = secrets.randbits(48), 0, 1 << network.stamp_bits
    while True:
        search = partial(challenge.search, start + tries, _STEP)
        found = await trio.to_thread.run_sync(search)
        tries += _STEP
        if found is not None:
            home.save_stamp(found)
            return found
        progress(tries, average if tries < average else tries + average // 4)


async def stamp_sources(
    service: Service, sources: Iterable[str], found: Found, progress: Progress
) -> None:
    """Call `found` for each source id: first for those paid for before, then as each is found.

    One call at a time. What is found is kept at once, also if this is cancelled later. Progress
    counts tries; the total is what is to be expected.
    """
    missing: list[tuple[str, Challenge]] = []
    network, me, choices = service.home.network, service.me, service.store.choices
    for source in dict.fromkeys(sources):
        challenge = stamp.of_source(network.id, me, source, network.stamp_bits)
        known = bytes.fromhex(choices.noted(_note(source)) or "")
        if len(known) == stamp.NONCE_BYTES and challenge.is_met(known):
            await found(source, known)
        else:
            missing.append((source, challenge))
    if missing:
        await _find(service, missing, found, progress)


async def _find(
    service: Service, missing: list[tuple[str, Challenge]], found: Found, progress: Progress
) -> None:
    average, left, tries = 1 << missing[0][1].bits, len(missing), 0
    waiting, turn = iter(missing), trio.Lock()

    async def search(executor: ProcessPoolExecutor | None) -> None:
        nonlocal left, tries
        for source, challenge in waiting:
            start, nonce = secrets.randbits(48), None
            while nonce is None:
                nonce = await _step(challenge, start, executor)
                start += _LONG_STEP
                tries += min(_LONG_STEP, average)
                if executor is not None:  # else it is over at once
                    progress(tries, tries + left * average)
            left -= 1
            await service.store.choices.note(_note(source), nonce.hex())
            async with turn:
                await found(source, nonce)

    if average <= 1 << _EASY_BITS:
        await search(None)
        return
    workers = min(os.cpu_count() or 1, len(missing))
    with _executor(workers) as executor:
        async with trio.open_nursery() as nursery:
            for _ in range(workers):
                nursery.start_soon(search, executor)


async def _step(
    challenge: Challenge, start: int, executor: ProcessPoolExecutor | None
) -> bytes | None:
    if executor is None:
        return await trio.to_thread.run_sync(challenge.search, start, _LONG_STEP)
    asked = executor.submit(challenge.search, start, _LONG_STEP)
    return await trio.to_thread.run_sync(asked.result, abandon_on_cancel=True)


@contextmanager
def _executor(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that end here, at the latest once they have done their step."""
    # Not forked: the node has threads.
    fresh = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, fresh, _leave_interrupts_alone)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _leave_interrupts_alone() -> None:
    """Ctrl-C is the node's, which ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _note(source: str) -> str:
    return f"stamp:{source}"
