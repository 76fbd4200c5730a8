"""Files of a home: its owner's alone, written whole or not at all, also when Ctrl-C comes."""

import contextlib
import fcntl
import os
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from potluck.node.errors import Misconfigured
from potluck.protocol.errors import LocalError

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C and its kin wait until the end of what takes some milliseconds."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals come to the main thread only
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    try:
        for number in _ENDINGS:
            signal.signal(number, lambda number, _frame: came.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """What the system says against reading a file, as a LocalError."""
    try:
        yield
    except OSError as error:
        raise LocalError(
            "cannot read {path}: {strerror}", path=path, strerror=error.strerror
        ) from None


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """The same of writing one."""
    try:
        yield
    except OSError as error:
        raise LocalError(
            "cannot write {path}: {strerror}", path=path, strerror=error.strerror
        ) from None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait for whoever makes or deletes a home in this folder, and be the only one who does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """A folder that only its owner can enter. Raises LocalError, also if it is open to others."""
    try:
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
        elif not path.is_dir():
            raise LocalError("{path} is not a folder; choose another with --home", path=path)
        check_mode(path, 0o700)
    except OSError as error:
        raise LocalError(
            "cannot make {path}: {strerror}; choose another with --home",
            path=path,
            strerror=error.strerror,
        ) from None


def is_read_only(folder: Path) -> bool:
    """Whether nothing can be written there: a failing disk is made so by the system."""
    with contextlib.suppress(OSError):
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    return False


def check_mode(path: Path, mode: int) -> None:
    """Refuse what others than the owner may open (POSIX only: elsewhere modes say nothing)."""
    if os.name == "posix" and path.stat().st_mode & 0o777 & ~mode:
        raise Misconfigured(
            "others may read {path}; close it with: chmod {mode:o} {path}", path=path, mode=mode
        )


def read_text(path: Path) -> str:
    """A file's text. Raises Misconfigured."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured("cannot read {path}: {error}", path=path, error=error) from None


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner only, durably."""
    with writing(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def sync_whole(folder: Path) -> None:
    """Have the files of a folder, and their names, outlive a power cut. Raises OSError."""
    for path in folder.iterdir():
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file anew, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with uninterrupted():
        write_new(fresh, content)
        fresh.replace(path)
