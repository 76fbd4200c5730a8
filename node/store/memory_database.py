"""A store in memory without threads: for laboratories, whose clock jumps while a thread works."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw
import trio

from .database import Database
from .jobs import Job
from .schema import migrate

T = TypeVar("T")


class MemoryDatabase(Database):
    """The same, each job done at once by who hands it over; lazy ones by the next who waits."""

    def __init__(self) -> None:
        self.path = Path(":memory:")
        self._writer = self._reader = apsw.Connection(":memory:")
        migrate(self._writer)
        self._only_read = False
        self.torn_pages = 0
        self._waiting: list[Job[Any]] = []
        self.closed = False

    def forget_waiting(self) -> None:
        """As in a crash: what nobody waited for is not written."""
        self._waiting = []

    def close(self) -> None:
        self.closed = True
        self._writer.close()

    def set_state(self, state: str) -> None:
        """Nobody waits for it."""

    def submit(self, work: Callable[[apsw.Connection], T], *, lazy: bool = False) -> Future[T]:
        job = Job(work, lazy=lazy)
        self._waiting.append(job)
        if not lazy:
            batch, self._waiting = self._waiting, []
            self._commit(batch)
        return job.future

    async def scan(self, query: Callable[[apsw.Connection], T]) -> T:
        await trio.lowlevel.checkpoint()
        return query(self._reader)

    async def aside(self, work: Callable[[], T]) -> T:
        await trio.lowlevel.checkpoint()
        return work()
