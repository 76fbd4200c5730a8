"""The database file: one writer thread, readers beside it, a lock held for life.

WAL with synchronous=FULL: what a write acknowledged is there after SIGKILL or a power cut. Jobs
that wait together share one transaction and so one flush of the disk.
Memory mapping is never switched on: a disk error would then be a signal instead of an error.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from copy import copy
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self, TypeVar

import apsw
import trio

from potluck.node.home.lock import Lock
from potluck.protocol.errors import LocalError

from .connection import (
    DISK,
    Bindings,
    Row,
    can_be_read_alone,
    connect,
    connect_to_read,
    copy_to,
    explained,
    fetch,
)
from .jobs import Job, next_batch, wait_for
from .schema import migrate
from .wal import pages_in

T = TypeVar("T")

SCAN_THREADS = 2
WRITER_CACHE_KIB = 8_192
READER_CACHE_KIB = 2_048
SCAN_CACHE_KIB = 8_192


class Database:
    """An open store file. Close it; it is a context manager."""

    def __init__(self, path: Path) -> None:
        """Raises LocalError: in use, damaged, too new, or the disk's fault."""
        self.path = path
        self._lock = Lock(path.with_suffix(".lock"))
        self._only_read = False
        self.torn_pages = 0
        """Of the log, as it was found: they were being written when the machine or disk failed."""
        try:
            self._open()
        except BaseException as error:  # noqa: BLE001 - explained and raised again
            self._lock.close()
            raise explained(error, path) from None
        self._scanners: SimpleQueue[apsw.Connection] = SimpleQueue()
        self._scan_limit = trio.CapacityLimiter(SCAN_THREADS)
        self._jobs: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._thread.start()
        self.closed = False

    def _open(self) -> None:
        try:
            written = pages_in(self.path)
            self._writer = connect(self.path, WRITER_CACHE_KIB)
            with suppress(apsw.FullError, apsw.IOError):  # the log is read, and stays
                kept, _ = self._writer.wal_checkpoint()
                self.torn_pages = max(0, written - kept)
            migrate(self._writer)
        except DISK:
            if not can_be_read_alone(self.path):
                raise
            self._only_read, self._writer = True, connect_to_read(self.path, WRITER_CACHE_KIB)
        self._reader = self._open_reader()

    def close(self) -> None:
        """Write what was submitted, then let go of the file."""
        if self.closed:
            return
        self.closed = True
        self._jobs.put(None)
        self._thread.join()
        self._reader.close()
        while not self._scanners.empty():
            self._scanners.get().close()
        self._writer.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set_state(self, state: str) -> None:
        """Tell those who wait for the lock what we do: STARTING means that we answer soon."""
        self._lock.set_state(state)

    def submit(self, work: Callable[[apsw.Connection], T], *, lazy: bool = False) -> Future[T]:
        """Have the writer do this in a transaction; the future is done once it is durable."""
        if self.closed:
            raise LocalError("the store is closed; start the node again")
        job = Job(work, lazy=lazy)
        self._jobs.put(job)
        return job.future

    async def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do this in a transaction, durably, without holding up the event loop."""
        return await wait_for(self.submit(work))

    async def change(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """One statement, durably; the rows that it returns."""
        return await self.write(lambda connection: fetch(connection, sql, bindings))

    async def put(self, table: str, *row: Any) -> None:
        """Write a row, in place of one with its key."""
        marks = ", ".join("?" * len(row))
        await self.change(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)

    async def remove(self, table: str, **key: Any) -> bool:
        """Delete the rows that have these values; whether there were any."""
        named = " AND ".join(f"{name} = ?" for name in key)
        sql = f"DELETE FROM {table} WHERE {named} RETURNING 1"
        return bool(await self.change(sql, tuple(key.values())))

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """The few rows of a point read, on the calling thread (about 7 us each)."""
        # fetchall, because a cursor left open would pin the log and keep it from being
        # checkpointed.
        try:
            return fetch(self._reader, sql, bindings)
        except apsw.Error as error:
            raise explained(error, self.path) from None

    def reading_by(self, connection: apsw.Connection) -> Self:
        """The same database with its point reads on this connection: for another thread."""
        other = copy(self)
        other._reader = connection  # noqa: SLF001 - its own
        return other

    def row(self, sql: str, bindings: Bindings = ()) -> Row | None:
        found = self.rows(sql, bindings)
        return found[0] if found else None

    async def scan(self, query: Callable[[apsw.Connection], T]) -> T:
        """Run a longer read in a thread, on a connection of its own."""
        return await trio.to_thread.run_sync(self._scan, query, limiter=self._scan_limit)

    async def aside(self, work: Callable[[], T]) -> T:
        """Do work that takes more than a few ms in a thread."""
        return await trio.to_thread.run_sync(work)

    async def copy_to(self, path: Path) -> None:
        """Write all that is here now into a new file, which only its owner can read."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        await self.scan(lambda connection: copy_to(connection, path))

    def _scan(self, query: Callable[[apsw.Connection], T]) -> T:
        try:
            connection = self._scanners.get_nowait()
        except Empty:
            connection = self._open_reader(SCAN_CACHE_KIB)
        try:
            return query(connection)
        except apsw.Error as error:
            raise explained(error, self.path) from None
        finally:
            self._scanners.put(connection)

    def _open_reader(self, cache_kib: int = READER_CACHE_KIB) -> apsw.Connection:
        if self._only_read:
            return connect_to_read(self.path, cache_kib)
        connection = connect(self.path, cache_kib)
        connection.pragma("query_only", True)
        return connection

    def _write_all(self) -> None:
        while batch := next_batch(self._jobs):
            self._commit(batch)

    def _commit(self, batch: list[Job[Any]]) -> None:
        failure: BaseException | None = None
        try:
            if self._only_read:
                raise apsw.FullError
            self._writer.execute("BEGIN IMMEDIATE")
            for number, job in enumerate(batch):
                job.run(self._writer, first=number == 0)
            self._writer.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - it goes to those who wait for the jobs
            failure = error
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        for job in batch:
            job.finish(failure, self.path)
