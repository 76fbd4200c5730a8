"""Work for the writer, and how much of it goes into one transaction."""

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import apsw
import trio

from .connection import explained

T = TypeVar("T")

LINGER = 0.2
"""Seconds that a write nobody waits for may wait for company: a commit of 200 rows costs half of
what the same rows cost in commits of 30."""

MAX_BATCH = 256


class Job(Generic[T]):
    """Work for the writer, and the future of who handed it over; `lazy`: nobody waits for it."""

    def __init__(self, work: Callable[[apsw.Connection], T], *, lazy: bool) -> None:
        self.work = work
        self.lazy = lazy
        self.future: Future[T] = Future()
        self.result: T | None = None
        self.error: BaseException | None = None

    def run(self, connection: apsw.Connection, *, first: bool) -> None:
        """Do the work so that its failure is only its own: in a savepoint, which costs a sixth of
        what is written; but for the first of a transaction, which has nothing before it to keep."""
        if not first:
            connection.execute("SAVEPOINT job")
        try:
            self.result = self.work(connection)
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite gave up the whole transaction (disk full, I/O error)
            self.error = error
            connection.execute("ROLLBACK; BEGIN IMMEDIATE" if first else "ROLLBACK TO job")
        if not first:
            connection.execute("RELEASE job")

    def finish(self, failure: BaseException | None, path: Path) -> None:
        """Tell the future how it went; `failure` is the whole transaction's."""
        error = failure or self.error
        if error is not None:
            self.future.set_exception(explained(error, path))
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


def next_batch(jobs: SimpleQueue[Job[Any] | None]) -> list[Job[Any]]:
    """The jobs of the next transaction; none once the store is to close, which None says."""
    batch: list[Job[Any]] = []
    deadline = 0.0
    while len(batch) < MAX_BATCH:
        try:
            job = jobs.get(timeout=_patience(batch, deadline))
        except Empty:
            break
        if job is None:
            if batch:
                jobs.put(None)
            break
        deadline = deadline or time.monotonic() + LINGER
        batch.append(job)
    return batch


def _patience(batch: list[Job[Any]], deadline: float) -> float | None:
    """How long to wait for one more job: for ever without any, briefly while nobody waits."""
    if not batch:
        return None
    if all(job.lazy for job in batch):
        return max(0.0, deadline - time.monotonic())
    return 0.0


async def wait_for(future: Future[T]) -> T:
    """The result of a write once it is durable. When cancelled, the write still happens."""
    if not future.done():
        token = trio.lowlevel.current_trio_token()
        done = trio.Event()

        def wake(_: Future[T]) -> None:
            with contextlib.suppress(trio.RunFinishedError):
                token.run_sync_soon(done.set)

        future.add_done_callback(wake)
        await done.wait()
    return future.result()
