"""Who has the store: one process at a time, which says in the lock's file what it does."""

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from potluck.node.errors import InUse
from potluck.protocol.errors import LocalError

STARTING = "starting"


class Lock:
    """The lock of a store, held until closed or the process ends."""

    def __init__(self, path: Path) -> None:
        """Take it. `path` is the lock's file. Raises InUse, LocalError."""
        try:
            self._handle = _opened(path)
        except OSError as error:
            raise LocalError(
                "cannot open the store in {parent}: {strerror}",
                parent=path.parent,
                strerror=error.strerror,
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise _in_use(path) from None
        self.set_state("working")

    def set_state(self, state: str) -> None:
        """Tell who waits for it what we do: STARTING means that we answer soon."""
        with contextlib.suppress(OSError):  # on a full disk they do without
            written = os.pwrite(self._handle, f"{os.getpid()} {state}\n".encode(), 0)
            os.ftruncate(self._handle, written)

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)


def _opened(path: Path) -> int:
    """Also where nothing can be written: a failing disk is made read-only by the system, and what
    is on it can still be read and backed up."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        return os.open(path, os.O_RDONLY)


def _in_use(path: Path) -> InUse:
    process, _, state = path.read_text("utf-8", "replace").strip().partition(" ")
    if state == STARTING:
        return InUse(
            "a node is starting in {parent} (process {process}); try again in a moment",
            starting=True,
            parent=path.parent,
            process=process,
        )
    return InUse(
        "another Potluck is using {parent} (process {process}); stop it, or choose "
        "another folder with --home",
        parent=path.parent,
        process=process,
    )
