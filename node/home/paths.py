"""Where a home is, and where its files and its control socket are."""

import os
import tempfile
from hashlib import blake2b
from pathlib import Path

from potluck.protocol.errors import LocalError

CONFIG = "config.toml"
HOST_KEY = "host.key"
KEYS = (HOST_KEY, "transport.key", "draw.secret", "api.token")
NETWORK_SECRET = "network.secret"
STAMP = "host.stamp"
RESTORED = "restored"
"""Of a home that was brought back: it may have forgotten what its person took back since."""
UNFINISHED = "config.toml.unfinished"
"""The settings of a home that is being made or deleted: nothing beside them counts."""
STORE = "store.sqlite"
MAX_SOCKET_PATH = 100  # bytes; sun_path has 108 on Linux, 104 on macOS


def home_path(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder to use: the one given, else POTLUCK_HOME, else the platform's data folder."""
    configured = given or os.environ.get("POTLUCK_HOME")
    if configured:
        return Path(configured).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 - only here, and the command line starts faster without

    return Path(platformdirs.user_data_dir("potluck", appauthor=False))


def lock_path(home: Path) -> Path:
    """The file whose lock says that the store is in use."""
    return (home / STORE).with_suffix(".lock")


def socket_path(home: Path) -> Path:
    """The control socket: in the home, or in a private run-time folder if its path is too long."""
    plain = home / "control.socket"
    if len(os.fsencode(plain)) < MAX_SOCKET_PATH:
        return plain
    name = blake2b(os.fsencode(home.resolve()), digest_size=8).hexdigest()
    return _runtime_folder() / f"potluck-{name}.socket"


def all_files(home: Path) -> list[Path]:
    """All that a home may hold, kept here or written by SQLite."""
    store = [home / f"{STORE}{suffix}" for suffix in ("", "-wal", "-shm")]
    names = (CONFIG, *KEYS, NETWORK_SECRET, STAMP, RESTORED)
    halves = home.glob("*.new")  # of a file that was being replaced, see files.py
    return [*(home / name for name in names), *halves, *store, lock_path(home), socket_path(home)]


def _runtime_folder() -> Path:
    """A short folder that only this user can enter: XDG_RUNTIME_DIR, else a temporary one."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and Path(given).is_dir() and len(os.fsencode(given)) < MAX_SOCKET_PATH - 32:
        return Path(given)
    folder = Path(tempfile.gettempdir()) / f"potluck-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise LocalError(
            "{folder} is not private; remove it, or set XDG_RUNTIME_DIR", folder=folder
        )
    return folder
