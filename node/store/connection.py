"""The store's file, opened; and what the disk's faults are called."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from potluck.node.home.files import is_read_only
from potluck.protocol.errors import LocalError

Row = tuple[Any, ...]
Bindings = Sequence[Any] | Mapping[str, Any]

LOG_PAGES = 4_000
"""Pages of the log before it is written into the file: 16 MB, so that an index's page goes there
once for many rows."""


def can_be_read_alone(path: Path) -> bool:
    """Whether the file holds all, so that it can be read without writing beside it."""
    log = path.with_name(path.name + "-wal")
    return path.is_file() and not (log.exists() and log.stat().st_size)


def connect_to_read(path: Path, cache_kib: int) -> apsw.Connection:
    """The file as it is: WAL needs 32 KiB beside it, which a full disk has not."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(f"file:{quote(str(path))}?immutable=1", flags=flags)
    connection.pragma("cache_size", -cache_kib)
    return connection


def connect(path: Path, cache_kib: int) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.pragma("cache_size", -cache_kib)
    connection.set_busy_timeout(5_000)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "FULL")
    connection.pragma("wal_autocheckpoint", LOG_PAGES)
    return connection


def fetch(connection: apsw.Connection, sql: str, bindings: Bindings = ()) -> list[Row]:
    return connection.execute(sql, bindings).fetchall()


DISK = (
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
)


def explained(error: BaseException, path: Path) -> BaseException:
    """The same error or, if it is SQLite's about the disk, one that says what to do."""
    if isinstance(error, DISK) and is_read_only(path.parent):
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
    if isinstance(error, DISK):
        return LocalError(
            "cannot use {path}: {error}; see to the disk and to the file's owner",
            path=path,
            error=error,
        )
    return error


def copy_to(connection: apsw.Connection, path: Path) -> None:
    copy = apsw.Connection(str(path))
    try:
        with copy.backup("main", connection, "main") as work:
            work.step()
        copy.pragma("journal_mode", "delete")
    finally:
        copy.close()
