"""A home: one folder with the settings, the keys and the store of one node.

The folder is its owner's alone (0700) and so are the keys (0600).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network

from . import paths
from .config import Config
from .files import (
    alone_in,
    check_mode,
    make_folder,
    read_text,
    replace_file,
    uninterrupted,
    write_new,
)
from .keys import KEY_BYTES, fresh_keys, read_key
from .paths import CONFIG, HOST_KEY, KEYS, NETWORK_SECRET, RESTORED, STORE, UNFINISHED, home_path

STAMP_BYTES = 8


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
    def create(
        cls,
        path: Path,
        config: Config,
        network_secret: bytes | None = None,
        host_seed: bytes | None = None,
    ) -> Home:
        """A new home with fresh keys, or with this host key, whole or not at all.

        Raises LocalError if the folder already has a home, or holds any key: none is overwritten.
        """
        if network_secret is not None and len(network_secret) != KEY_BYTES:
            raise LocalError("a network's secret has {key_bytes} bytes", key_bytes=KEY_BYTES)
        make_folder(path)
        files = fresh_keys()
        if host_seed is not None:
            files |= {HOST_KEY: host_seed, RESTORED: b""}
        if network_secret is not None:
            files[NETWORK_SECRET] = network_secret
        with uninterrupted(), alone_in(path):
            _erase_unfinished(path)
            for name in (CONFIG, *KEYS, NETWORK_SECRET, STORE):
                if (path / name).exists():
                    raise LocalError(
                        "{path} already has {name}; choose another folder with --home",
                        path=path,
                        name=name,
                    )
            _make(path, config, files)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Home:
        """The home in this folder.

        Raises NotFound if there is none; Misconfigured if others may read it or a file is damaged.
        """
        if not (path / CONFIG).is_file():
            if (path / UNFINISHED).exists():
                with alone_in(path):
                    _erase_unfinished(path)
            if path == home_path():
                raise NotFound("there is no home in {path}; make one with: potluck init", path=path)
            raise NotFound(
                "there is no home in {path}; make one with: potluck --home {path} init", path=path
            )
        check_mode(path, 0o700)
        config = Config.parse(read_text(path / CONFIG), path / CONFIG)
        host_seed, transport_seed, draw_secret, api_token = (read_key(path / key) for key in KEYS)
        closed = (path / NETWORK_SECRET).exists()
        secret = read_key(path / NETWORK_SECRET) if closed else None
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
        return self.path / paths.STORE

    @property
    def is_restored(self) -> bool:
        """Whether it was brought back, and has not heard since what its person said meanwhile."""
        return (self.path / RESTORED).exists()

    def heard_again(self) -> None:
        """It has."""
        (self.path / RESTORED).unlink(missing_ok=True)

    def delete(self) -> None:
        """Delete the home with all its keys; what else somebody put into the folder stays."""
        with uninterrupted(), alone_in(self.path):
            (self.path / CONFIG).rename(self.path / UNFINISHED)
            _erase_unfinished(self.path)
        with contextlib.suppress(OSError):
            self.path.rmdir()

    @property
    def socket_path(self) -> Path:
        """The control socket."""
        return paths.socket_path(self.path)

    @property
    def stamp(self) -> bytes | None:
        """The host key's birth stamp (8 bytes), or None before it was found."""
        with contextlib.suppress(FileNotFoundError):
            stamp = (self.path / paths.STAMP).read_bytes()
            return stamp if len(stamp) == STAMP_BYTES else None
        return None

    def save_stamp(self, stamp: bytes) -> None:
        """Remember the birth stamp, which is no secret, for all later announcements."""
        replace_file(self.path / paths.STAMP, stamp)

    def moved(self, network: Network) -> Home:
        """The same home in another network; only for one that has announced nothing there.

        Its birth stamp is void, since a stamp is for one network.
        """
        config = replace(
            self.config, network_name=network.name, stamp_bits=network.stamp_bits, bootstrap=()
        )
        with uninterrupted():
            (self.path / paths.STAMP).unlink(missing_ok=True)
            if network.secret is None:
                (self.path / NETWORK_SECRET).unlink(missing_ok=True)
            else:
                replace_file(self.path / NETWORK_SECRET, network.secret)
            self.save(config)
        return Home.open(self.path)

    def save(self, config: Config) -> Home:
        """The same home with other settings; what a person wrote beside them in the file stays."""
        file = self.path / CONFIG
        replace_file(file, config.written_over(read_text(file), file).encode())
        return replace(self, config=config)


def _make(path: Path, config: Config, files: dict[str, bytes]) -> None:
    """Write these and the settings: whole, or, whenever it is killed, unfinished."""
    try:
        write_new(path / UNFINISHED, config.render().encode())
        for name, content in files.items():
            write_new(path / name, content)
        (path / UNFINISHED).rename(path / CONFIG)
    except BaseException:
        _erase_unfinished(path)
        raise


def _erase_unfinished(path: Path) -> None:
    """Delete what is left of a home whose making or deleting was cut short, if it was."""
    if (path / UNFINISHED).exists():
        for file in (*paths.all_files(path), path / UNFINISHED):
            file.unlink(missing_ok=True)
