"""Many processes or machines, by Dask.

The scheduler costs about a millisecond a task, so runs are batched into tasks of about a second.
What a dying worker had begun, the scheduler gives to another; what it had finished is on disk.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence

from distributed import Client, LocalCluster, as_completed

from potluck.protocol.errors import LocalError

from .results import Encoded
from .runner import Executor, Job, here

TASK_SECONDS = 1.0
CONNECT_SECONDS = 10.0


def run_batch(jobs: Sequence[Job]) -> list[Encoded]:
    """What a worker does: a batch of runs, returned as bytes."""
    return list(here(jobs))


def batches(jobs: Sequence[Job], seconds_each: float, lanes: int) -> list[Sequence[Job]]:
    """Jobs in tasks of about a second, none so large that a lane (worker thread) stays idle."""
    size = max(1, min(round(TASK_SECONDS / max(seconds_each, 1e-6)), len(jobs) // max(lanes, 1)))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def flow(client: Client, jobs: Sequence[Job]) -> Iterator[Encoded]:
    """Run jobs on a client's workers; at most three tasks a lane, so memory stays bounded."""
    client.wait_for_workers(1)
    yield from client.submit(
        run_batch, jobs[:1], pure=False
    ).result()  # compiles what is not compiled yet
    began = time.monotonic()
    yield from client.submit(run_batch, jobs[1:2], pure=False).result()
    lanes = sum(client.nthreads().values())
    yield from _stream(
        client, batches(jobs[2:], time.monotonic() - began, lanes), 3 * max(lanes, 1)
    )


def _stream(client: Client, waiting: list[Sequence[Job]], window: int) -> Iterator[Encoded]:
    first, rest = waiting[:window], iter(waiting[window:])
    under_way = as_completed([client.submit(run_batch, batch, pure=False) for batch in first])
    for future in under_way:
        yield from future.result()
        future.release()
        if (batch := next(rest, None)) is not None:
            under_way.add(client.submit(run_batch, batch, pure=False))


def local(workers: int) -> Executor:
    """A cluster of worker processes, one thread each, on loopback; it lives while the jobs run."""

    def execute(jobs: Sequence[Job]) -> Iterator[Encoded]:
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",
                host="127.0.0.1",
                silence_logs=logging.ERROR,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield from flow(client, jobs)

    return execute


def existing(address: str) -> Executor:
    """The scheduler at an address such as tcp://host:8786; LocalError if none answers."""

    def execute(jobs: Sequence[Job]) -> Iterator[Encoded]:
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise LocalError(f"no Dask scheduler answers at {address}: {error}") from None
        with client:
            yield from flow(client, jobs)

    return execute
