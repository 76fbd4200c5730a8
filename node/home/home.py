"""A home: one folder with the settings, the keys and the store of one node.

The folder is its owner's alone (0700) and so are the keys (0600). Wider modes are refused rather
than repaired: somebody may have read the keys already, and the person should know.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network

from .config import Config

KEY_BYTES = 32
STAMP_BYTES = 8
MAX_SOCKET_PATH = 100  # bytes; sun_path has 108 on Linux, 104 on macOS


def home_path(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder to use: the one given, else POTLUCK_HOME, else the platform's data folder."""
    chosen = given or os.environ.get("POTLUCK_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 - only needed here, and the command line starts faster without

    return Path(platformdirs.user_data_dir("potluck", appauthor=False))


@dataclass(frozen=True)
class Home:
    """A home that exists, with its secrets read. Make one with `create`, later use `open`."""

    path: Path
    config: Config
    host_seed: bytes = field(repr=False)
    transport_seed: bytes = field(repr=False)
    draw_secret: bytes = field(repr=False)
    api_token: bytes = field(repr=False)
    network_secret: bytes | None = field(default=None, repr=False)

    @classmethod
    def create(cls, path: Path, config: Config, network_secret: bytes | None = None) -> Home:
        """A new home with fresh keys.

        Raises LocalError if the folder already has a home, or holds any key: none is overwritten.
        """
        if network_secret is not None and len(network_secret) != KEY_BYTES:
            raise LocalError(f"a network's secret has {KEY_BYTES} bytes")
        _make_folder(path)
        for name in (_CONFIG, *_KEYS, _NETWORK_SECRET):
            if (path / name).exists():
                raise LocalError(f"{path} already has {name}; choose another folder with --home")
        for name in _KEYS:
            _write_new(path / name, secrets.token_bytes(KEY_BYTES))
        if network_secret is not None:
            _write_new(path / _NETWORK_SECRET, network_secret)
        # Last, because it is what `open` looks for: a home half made is not taken for one.
        _write_new(path / _CONFIG, config.render().encode())
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Home:
        """The home in this folder.

        Raises NotFound if there is none; LocalError if others may read it or a file is damaged.
        """
        if not (path / _CONFIG).is_file():
            raise NotFound(f"there is no home in {path}; make one with: potluck --home {path} init")
        _check_mode(path, 0o700)
        config = Config.parse(_read_text(path / _CONFIG), path / _CONFIG)
        host_seed, transport_seed, draw_secret, api_token = (
            _read_key(path / name) for name in _KEYS
        )
        closed = (path / _NETWORK_SECRET).exists()
        secret = _read_key(path / _NETWORK_SECRET) if closed else None
        return cls(path, config, host_seed, transport_seed, draw_secret, api_token, secret)

    @property
    def network(self) -> Network:
        """The network this home belongs to."""
        return Network(self.config.network_name, self.config.stamp_bits, self.network_secret)

    @cached_property
    def identity(self) -> Identity:
        """The host key with which this home's announcements are signed."""
        return Identity.from_seed(self.host_seed)

    @property
    def deck_secret(self) -> bytes:
        """The 32 bytes that rank hosts and slots when the deck is full; never sent to anybody."""
        return blake2b(
            b"", digest_size=KEY_BYTES, key=self.draw_secret, person=b"potluck.rank"
        ).digest()

    @property
    def store_path(self) -> Path:
        """The database."""
        return self.path / "store.sqlite"

    @property
    def files(self) -> list[Path]:
        """All that a home may hold, kept here or written by SQLite."""
        store = [
            self.store_path.with_name(self.store_path.name + suffix)
            for suffix in ("", "-wal", "-shm")
        ]
        names = (_CONFIG, *_KEYS, _NETWORK_SECRET, "host.stamp")
        lock = self.store_path.with_suffix(".lock")
        return [*(self.path / name for name in names), *store, lock, self.socket_path]

    @property
    def socket_path(self) -> Path:
        """The control socket: in the home, or in a private run-time folder if that path is too long."""
        plain = self.path / "control.socket"
        if len(os.fsencode(plain)) < MAX_SOCKET_PATH:
            return plain
        name = blake2b(os.fsencode(self.path.resolve()), digest_size=8).hexdigest()
        return _runtime_folder() / f"potluck-{name}.socket"

    @property
    def stamp(self) -> bytes | None:
        """The host key's birth stamp (8 bytes), or None before it was found."""
        with contextlib.suppress(FileNotFoundError):
            stamp = (self.path / "host.stamp").read_bytes()
            return stamp if len(stamp) == STAMP_BYTES else None
        return None

    def save_stamp(self, stamp: bytes) -> None:
        """Remember the birth stamp, which is no secret, for all later announcements."""
        _replace(self.path / "host.stamp", stamp)

    def moved(self, network: Network) -> Home:
        """The same home in another network; only for one that has announced nothing there.

        Its birth stamp is void, since a stamp is for one network.
        """
        (self.path / "host.stamp").unlink(missing_ok=True)
        if network.secret is None:
            (self.path / _NETWORK_SECRET).unlink(missing_ok=True)
        else:
            _replace(self.path / _NETWORK_SECRET, network.secret)
        config = replace(
            self.config, network_name=network.name, stamp_bits=network.stamp_bits, bootstrap=()
        )
        self.save(config)
        return Home.open(self.path)

    def save(self, config: Config) -> Home:
        """The same home with other settings, written to its file in one step."""
        _replace(self.path / _CONFIG, config.render().encode())
        return replace(self, config=config)


_CONFIG = "config.toml"
_KEYS = ("host.key", "transport.key", "draw.secret", "api.token")
_NETWORK_SECRET = "network.secret"


def _make_folder(path: Path) -> None:
    try:
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
        elif not path.is_dir():
            raise LocalError(f"{path} is not a folder; choose another with --home")
        _check_mode(path, 0o700)
    except OSError as error:
        raise LocalError(
            f"cannot make {path}: {error.strerror}; choose another with --home"
        ) from None


def _check_mode(path: Path, mode: int) -> None:
    """Refuse what others than the owner may open (POSIX only: elsewhere modes say nothing)."""
    if os.name == "posix" and path.stat().st_mode & 0o777 & ~mode:
        raise LocalError(f"others may read {path}; close it with: chmod {mode:o} {path}")


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LocalError(f"cannot read {path}: {error}") from None


def _read_key(path: Path) -> bytes:
    try:
        _check_mode(path, 0o600)
        key = path.read_bytes()
    except FileNotFoundError:
        raise LocalError(f"{path} is missing; put it back from a backup") from None
    except OSError as error:
        raise LocalError(f"cannot read {path}: {error.strerror}") from None
    if len(key) != KEY_BYTES:
        raise LocalError(
            f"{path} is damaged ({len(key)} bytes, not {KEY_BYTES}); put it back from a backup"
        )
    return key


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner only, durably."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise LocalError(f"cannot write {path}: {error.strerror}") from None


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    _write_new(fresh, content)
    fresh.replace(path)


def _runtime_folder() -> Path:
    """A short folder that only this user can enter: XDG_RUNTIME_DIR, else one in the temporary folder."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and Path(given).is_dir() and len(os.fsencode(given)) < MAX_SOCKET_PATH - 32:
        return Path(given)
    folder = Path(tempfile.gettempdir()) / f"potluck-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise LocalError(f"{folder} is not private; remove it, or set XDG_RUNTIME_DIR")
    return folder
