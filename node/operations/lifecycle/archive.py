"""A backup's file: a compressed tar of the plain files of a home, written and read piece by piece.

It may come from anywhere: only known names are taken, and no header makes more of itself than it
is (tarfile reads what a header announces into memory, of which 83 bytes can announce 3 GB).
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from potluck.node.home.paths import CONFIG, KEYS, NETWORK_SECRET, STAMP, STORE
from potluck.node.limits import GIB, MIB
from potluck.protocol.errors import LocalError

FOLDER = "potluck/"
SMALL = (CONFIG, *KEYS, NETWORK_SECRET, STAMP)
MAX_BYTES: Mapping[str, int] = dict.fromkeys(SMALL, MIB) | {STORE: 16 * GIB}
"""What a backup may hold, and how much of it."""

_BLOCK = 512
_PIECE = 256 * 1024
_WRONG = "this file is no backup of Potluck, or it is damaged"


def write(archive: IO[bytes], files: Mapping[str, Path]) -> None:
    """Write these files (by their names in the home) as a backup."""
    with tarfile.open(fileobj=archive, mode="w|gz") as tar:
        for name, path in sorted(files.items()):
            entry = tarfile.TarInfo(FOLDER + name)
            entry.size, entry.mode = path.stat().st_size, 0o600
            with path.open("rb") as content:
                tar.addfile(entry, content)


def unpack(archive: IO[bytes], folder: Path) -> list[str]:
    """Unpack a backup into an empty folder: the names of its files. Raises LocalError, OSError."""
    names: list[str] = []
    try:
        with gzip.GzipFile(fileobj=archive) as stream:
            for entry in _entries(stream):
                name = entry.name.removeprefix(FOLDER)
                if not entry.isreg() or name in names or entry.size > MAX_BYTES.get(name, -1):
                    raise LocalError(_WRONG)
                _copy(stream, entry.size, folder / name)
                names.append(name)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        raise LocalError(_WRONG) from None
    if CONFIG not in names:
        raise LocalError(_WRONG)
    return names


def _entries(stream: gzip.GzipFile) -> Iterator[tarfile.TarInfo]:
    """The headers of the archive; whoever asks for the next has read what follows the last."""
    while True:
        header = _read(stream, _BLOCK)
        if not any(header):
            return
        entry = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        yield entry
        _read(stream, -entry.size % _BLOCK)


def _copy(stream: gzip.GzipFile, size: int, path: Path) -> None:
    with path.open("xb") as file:
        path.chmod(0o600)
        for at in range(0, size, _PIECE):
            file.write(_read(stream, min(_PIECE, size - at)))


def _read(stream: gzip.GzipFile, size: int) -> bytes:
    """Exactly so many bytes. Raises EOFError."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
