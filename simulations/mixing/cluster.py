"""Many processes or machines, by Dask.

The scheduler costs about a millisecond a task, so runs are batched into tasks of about a second.
What a dying worker had begun, the scheduler gives to another; what it had finished is on disk.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

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
    size = max(1, min(round(TASK_SECONDS / max(seconds_each, 1e-6)), len(jobs) // lanes))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def flow(client: Client, jobs: Sequence[Job]) -> Iterator[Encoded]:
    """Run jobs on a client's workers; at most three tasks a lane, so memory stays bounded."""
    client.wait_for_workers(1)
    submit = partial(client.submit, run_batch, pure=False)
    yield from submit(jobs[:1]).result()  # compiles what is not compiled yet
    began = time.monotonic()
    yield from submit(jobs[1:2]).result()
    lanes = max(1, sum(client.nthreads().values()))
    waiting = iter(batches(jobs[2:], time.monotonic() - began, lanes))
    under_way = as_completed([submit(batch) for batch in islice(waiting, 3 * lanes)])
    for future in under_way:
        yield from future.result()
        future.release()
        if (batch := next(waiting, None)) is not None:
            under_way.add(submit(batch))


def local(workers: int) -> Executor:
    """A cluster of worker processes, one thread each, on loopback; it lives while the jobs run."""

    def execute(jobs: Sequence[Job]) -> Iterator[Encoded]:
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
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
