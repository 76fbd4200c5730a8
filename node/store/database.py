"""The database file: one writer thread, readers beside it, a lock held for life.

WAL with synchronous=FULL: what a write acknowledged is there after SIGKILL or a power cut. Jobs
that wait together share one transaction and so one flush of the disk, each in its own savepoint.
Memory mapping is never switched on: a disk error would then be a signal instead of an error.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from copy import copy
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, Self, TypeVar
from urllib.parse import quote

import apsw
import trio

from potluck.node.home.files import is_read_only
from potluck.node.home.lock import Lock
from potluck.protocol.errors import LocalError

from .schema import migrate
from .wal import pages_in

T = TypeVar("T")
Row = tuple[Any, ...]
Bindings = Sequence[Any] | Mapping[str, Any]

LINGER = 0.2
"""Seconds that a write nobody waits for may wait for company: a commit of 200 rows costs half of
what the same rows cost in commits of 30."""

LOG_PAGES = 4_000
"""Pages of the log before it is written into the file: 16 MB, so that an index's page goes there
once for many rows."""
MAX_BATCH = 256
SCAN_THREADS = 2
WRITER_CACHE_KIB = 8_192
READER_CACHE_KIB = 2_048
SCAN_CACHE_KIB = 8_192


class Job(Generic[T]):
    """Work for the writer, and the future of who handed it over; `lazy`: nobody waits for it."""

    def __init__(self, work: Callable[[apsw.Connection], T], *, lazy: bool) -> None:
        self.work = work
        self.lazy = lazy
        self.future: Future[T] = Future()
        self.result: T | None = None
        self.error: BaseException | None = None

    def run(self, connection: apsw.Connection) -> None:
        """Do the work in a savepoint of its own, so that its failure is only its own."""
        connection.execute("SAVEPOINT job")
        try:
            self.result = self.work(connection)
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite gave up the whole transaction (disk full, I/O error)
            self.error = error
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")

    def finish(self, failure: BaseException | None, path: Path) -> None:
        """Tell the future how it went; `failure` is the whole transaction's."""
        error = failure or self.error
        if error is not None:
            self.future.set_exception(explained(error, path))
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


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
            self._writer = _connect(self.path, WRITER_CACHE_KIB)
            kept, _ = self._writer.wal_checkpoint()
            self.torn_pages = max(0, written - kept)
            migrate(self._writer)
        except _DISK:
            if not _can_be_read_alone(self.path):
                raise
            self._only_read, self._writer = True, _connect_to_read(self.path, WRITER_CACHE_KIB)
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
        await self.scan(lambda connection: _copy(connection, path))

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
            return _connect_to_read(self.path, cache_kib)
        connection = _connect(self.path, cache_kib)
        connection.pragma("query_only", True)
        return connection

    def _write_all(self) -> None:
        while batch := self._next_batch():
            self._commit(batch)

    def _next_batch(self) -> list[Job[Any]]:
        """The jobs of the next transaction; none once the store is to close."""
        batch: list[Job[Any]] = []
        deadline = 0.0
        while len(batch) < MAX_BATCH:
            try:
                job = self._jobs.get(timeout=_patience(batch, deadline))
            except Empty:
                break
            if job is None:
                if batch:
                    self._jobs.put(None)
                break
            deadline = deadline or time.monotonic() + LINGER
            batch.append(job)
        return batch

    def _commit(self, batch: list[Job[Any]]) -> None:
        failure: BaseException | None = None
        try:
            if self._only_read:
                raise apsw.FullError
            self._writer.execute("BEGIN IMMEDIATE")
            for job in batch:
                job.run(self._writer)
            self._writer.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - it goes to those who wait for the jobs
            failure = error
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        for job in batch:
            job.finish(failure, self.path)


_DISK = (
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
)


def explained(error: BaseException, path: Path) -> BaseException:
    """The same error or, if it is SQLite's about the disk, one that says what to do."""
    if isinstance(error, _DISK) and is_read_only(path.parent):
        return LocalError(
            "the disk of {path} can only be read, so nothing new is kept; see to it, and keep a "
            "copy elsewhere: potluck home backup FILE",
            path=path,
        )
    if isinstance(error, apsw.FullError):
        return LocalError(
            "the disk of {path} is full; free some space. Nothing stored is lost", path=path
        )
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return LocalError(
            "{path} is damaged. Move it away and start again: peers bring the announcements "
            "back, your keys are in other files, and `potluck home restore` brings back a "
            "backup",
            path=path,
        )
    if isinstance(error, _DISK):
        return LocalError(
            "cannot use {path}: {error}; see to the disk and to the file's owner",
            path=path,
            error=error,
        )
    return error


def _copy(connection: apsw.Connection, path: Path) -> None:
    copy = apsw.Connection(str(path))
    try:
        with copy.backup("main", connection, "main") as work:
            work.step()
        copy.pragma("journal_mode", "delete")
    finally:
        copy.close()


def fetch(connection: apsw.Connection, sql: str, bindings: Bindings = ()) -> list[Row]:
    return connection.execute(sql, bindings).fetchall()


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


def _patience(batch: list[Job[Any]], deadline: float) -> float | None:
    """How long to wait for one more job: for ever without any, briefly while nobody waits."""
    if not batch:
        return None
    if all(job.lazy for job in batch):
        return max(0.0, deadline - time.monotonic())
    return 0.0


def _can_be_read_alone(path: Path) -> bool:
    """Whether the file holds all, so that it can be read without writing beside it."""
    log = path.with_name(path.name + "-wal")
    return path.is_file() and not (log.exists() and log.stat().st_size)


def _connect_to_read(path: Path, cache_kib: int) -> apsw.Connection:
    """The file as it is: WAL needs 32 KiB beside it, which a full disk has not."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(f"file:{quote(str(path))}?immutable=1", flags=flags)
    connection.pragma("cache_size", -cache_kib)
    return connection


def _connect(path: Path, cache_kib: int) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.pragma("cache_size", -cache_kib)
    connection.set_busy_timeout(5_000)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "FULL")
    connection.pragma("wal_autocheckpoint", LOG_PAGES)
    return connection
