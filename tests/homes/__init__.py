"""Homes that earlier revisions made, written down as text, to be opened by this one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

HERE = Path(__file__).parent


def restored(revision: str, path: Path) -> Path:
    """The home of that revision, written to a folder: the store from SQL, keys from hexadecimal."""
    folder = HERE / revision
    path.mkdir(mode=0o700)
    (path / "config.toml").write_text((folder / "config.toml").read_text("utf-8"), "utf-8")
    for line in (folder / "keys.txt").read_text("utf-8").splitlines():
        name, digits = line.split()
        (path / name).write_bytes(bytes.fromhex(digits))
        (path / name).chmod(0o600)
    store = sqlite3.connect(path / "store.sqlite")
    store.executescript((folder / "store.sql").read_text("utf-8"))
    store.close()
    return path
