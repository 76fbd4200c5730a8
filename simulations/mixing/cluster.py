"""Many processes or machines, by Dask.

The scheduler costs about a millisecond a task, so runs are batched into tasks of about a second.
What a dying worker had begun, the scheduler gives to another; what it had finished is on disk.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from distributed import Client, LocalCluster, as_completed

from potluck.protocol.errors import LocalError

from .runner import Executor, T, here

TASK_SECONDS = 1.0
CONNECT_SECONDS = 10.0


def run_batch(jobs: Sequence[Callable[[], T]]) -> tuple[list[T], float]:
    """What a worker does: a batch of runs, and the seconds that each of them took."""
    began = time.monotonic()
    return list(here(jobs)), (time.monotonic() - began) / len(jobs)


def batch_size(seconds_each: float, left: int, lanes: int) -> int:
    """Runs in a task of about a second, so few that no lane (worker thread) stays idle."""
    return max(1, min(round(TASK_SECONDS / max(seconds_each, 1e-6)), left // lanes))


def flow(client: Client, jobs: Sequence[Callable[[], T]]) -> Iterator[T]:
    """Run jobs on a client's workers; at most three tasks a lane, so memory stays bounded."""
    client.wait_for_workers(1)
    lanes = max(1, sum(client.nthreads().values()))
    submit = partial(client.submit, run_batch, pure=False)
    given = min(len(jobs), 3 * lanes)
    under_way = as_completed([submit([job]) for job in jobs[:given]])
    for future in under_way:
        done, seconds_each = future.result()
        yield from done
        future.release()
        if batch := jobs[given : given + batch_size(seconds_each, len(jobs) - given, lanes)]:
            given += len(batch)
            under_way.add(submit(batch))


def local(workers: int) -> Executor:
    """A cluster of worker processes, one thread each, on loopback; it lives while the jobs run."""

    def execute(jobs: Sequence[Callable[[], T]]) -> Iterator[T]:
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

    def execute(jobs: Sequence[Callable[[], T]]) -> Iterator[T]:
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise LocalError(f"no Dask scheduler answers at {address}: {error}") from None
        with client:
            yield from flow(client, jobs)

    return execute
