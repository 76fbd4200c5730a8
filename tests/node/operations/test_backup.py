"""A second copy of a home, and what somebody might hand us in its place."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import tracemalloc
from pathlib import Path
from typing import IO

import pytest
import trio

from potluck.node.home.home import Home
from potluck.node.home.paths import CONFIG, STORE
from potluck.node.limits import MIB
from potluck.node.operations.lifecycle import archive, backup
from potluck.node.operations.service import open_store
from potluck.protocol.errors import LocalError, Refused
from tests.builders import signed
from tests.node.at_home import at_home, receive


async def test_what_is_restored_is_the_same_home(tmp_path: Path) -> None:
    file, again = tmp_path / "backup", tmp_path / "deep" / "again"
    async with at_home(tmp_path / "home") as service:
        one = signed(network=service.home.network)
        await receive(service, one)
        made = await backup.backup(service, str(file))
        with pytest.raises(Refused, match="already there"):
            await backup.backup(service, str(file))
        key = service.me.hex()
    back = backup.restore(again, file)

    assert made == {"file": str(file), "bytes": file.stat().st_size}
    assert file.stat().st_mode & 0o777 == 0o600
    assert back["host_key"] == key
    assert Home.open(again).is_restored
    assert {path.stat().st_mode & 0o777 for path in again.iterdir()} == {0o600}
    with tarfile.open(file) as tar:
        assert {each.mode for each in tar} == {0o600}, "also for who unpacks it by hand"
    with open_store(Home.open(again)) as store:
        assert store.deck.encoded(one.id) == one.encoded
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "deep", "home"]


def packed(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        for entry, content in entries:
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def entry(name: str = f"potluck/{CONFIG}", size: int = 0, **fields: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size = size
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def announcing(size: int, kind: bytes) -> bytes:
    """A header that announces so many bytes, and does not bring them."""
    return gzip.compress(entry(size=size, type=kind).tobuf(tarfile.USTAR_FORMAT))


NO_BACKUPS = {
    "nothing": b"",
    "no archive": b"hello",
    "half an archive": packed((entry(size=3000), os.urandom(3000)))[:1000],
    "no tar": gzip.compress(b"hello" * 200),
    "a damaged stream": gzip.compress(b"")[:10] + b"\xff" * 20,
    "a tar that ends early": gzip.compress(
        gzip.decompress(packed((entry(size=3000), b"\xff" * 3000)))[:700]
    ),
    "another name": packed((entry("potluck/evil.key"), b"")),
    "another folder": packed((entry("../config.toml"), b"")),
    "a name with a folder": packed((entry("potluck/../host.key"), b"")),
    "a link": packed((entry(type=tarfile.SYMTYPE, linkname="/etc/passwd"), b"")),
    "a device": packed((entry(type=tarfile.CHRTYPE), b"")),
    "the same name twice": packed((entry(), b""), (entry(), b"")),
    "settings of more than a megabyte": packed((entry(size=MIB + 1), bytes(MIB + 1))),
    "settings of a gigabyte": announcing(1 << 30, tarfile.REGTYPE),
    "a header of three gigabytes": announcing(3 << 30, tarfile.XHDTYPE),
    "a name of three gigabytes": announcing(3 << 30, tarfile.GNUTYPE_LONGNAME),
    "no settings": packed((entry("potluck/host.key", 2), b"ab")),
    "settings that are none": packed((entry(size=3), b"abc")),
}


@pytest.mark.parametrize("name", NO_BACKUPS)
def test_what_is_no_backup_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    file, home = tmp_path / "file", tmp_path / "home"
    file.write_bytes(NO_BACKUPS[name])
    tracemalloc.start()
    try:
        with pytest.raises(LocalError, match=r"no backup of Potluck|end of document"):
            backup.restore(home, file)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 20_000_000
    assert list(tmp_path.iterdir()) == [file]


def test_a_backup_is_a_plain_file_and_goes_where_nothing_is(tmp_path: Path) -> None:
    pipe, taken = tmp_path / "pipe", tmp_path / "taken"
    os.mkfifo(pipe)
    taken.write_text("a novel")

    with pytest.raises(LocalError, match="no plain file"):
        backup.restore(tmp_path / "home", pipe)
    with pytest.raises(LocalError, match="it is a file"):
        backup.restore(taken, pipe)
    with pytest.raises(LocalError, match="is not empty"):
        backup.restore(tmp_path, pipe)
    with pytest.raises(LocalError, match="cannot read"):
        backup.restore(tmp_path / "home", tmp_path / "nothing")


def test_a_restore_that_was_killed_leaves_nothing_that_counts(tmp_path: Path) -> None:
    """Neither a home, nor a folder that is not empty; and its keys go with the next try."""
    file, home = tmp_path / "backup", tmp_path / "home"

    async def back_up() -> None:
        async with at_home(tmp_path / "first") as service:
            await backup.backup(service, str(file))

    trio.run(back_up)
    script = (
        "import sys, time; from pathlib import Path\n"
        "from potluck.node.operations.lifecycle import archive, backup\n"
        "unpack = archive.unpack\n"
        "def slow(*args):\n"
        "    unpack(*args); print('unpacked', flush=True); time.sleep(60)\n"
        "archive.unpack = slow\n"
        "backup.restore(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", script, str(home), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as restoring:
        assert restoring.stdout is not None
        assert restoring.stdout.readline() == "unpacked\n"
        restoring.send_signal(signal.SIGKILL)
    assert not home.exists()
    assert list(tmp_path.glob(".home.*.new/host.key"))
    backup.restore(home, file)

    assert not list(tmp_path.glob(".home.*"))


async def test_packing_a_backup_is_private_and_does_not_hold_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    modes: list[int] = []
    write = archive.write

    def noting(out: IO[bytes], files: dict[str, Path]) -> None:
        threads.append(threading.current_thread())
        modes.append(files[STORE].parent.stat().st_mode & 0o777)
        write(out, files)

    monkeypatch.setattr(archive, "write", noting)
    async with at_home(tmp_path / "home") as service:
        await backup.backup(service, str(tmp_path / "backup"))

    assert threads[0] is not threading.main_thread()
    assert modes == [0o700]
