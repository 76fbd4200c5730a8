"""What was acknowledged is there after SIGKILL; what goes wrong with the file is said clearly."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import apsw
import pytest

from potluck.node.errors import InUse
from potluck.node.replication.intake import Arrival, Intake
from potluck.node.store import Block, Bounds, Store, connection, database
from potluck.node.store.database import Database
from potluck.node.store.schema import STEPS, migrate
from potluck.protocol.errors import LocalError
from tests.builders import NETWORK, NOW, host, signed

ROOT = Path(__file__).parents[3]
BOUNDS = Bounds(50_000, bytes(32), host().key)


def killed_while_announcing(path: Path, first: int, after: int) -> list[bytes]:
    """The ids acknowledged by a process that was killed after so many."""
    command = [sys.executable, "-m", "tests.node.announcing", str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [next(process.stdout) for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line for line in process.stdout if line.endswith("\n")]
    return [bytes.fromhex(line) for line in acknowledged]


def kill_again_and_again(path: Path, times: int) -> None:
    random, acknowledged, first = Random(times), set[bytes](), 0
    for _ in range(times):
        acknowledged.update(killed_while_announcing(path, first, random.randrange(1, 300)))
        with Store(path, BOUNDS) as store:
            assert store.database.rows("PRAGMA integrity_check") == [("ok",)]
            assert {one for one in acknowledged if store.deck.encoded(one) is None} == set()
            [(highest,)] = store.database.rows("SELECT count(*) FROM register")
            [(wires,)] = store.database.rows("SELECT count(*) FROM wire")
            assert highest == wires
        first = highest


def test_what_was_acknowledged_survives_sigkill(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "store.sqlite", 3)


@pytest.mark.soak
def test_what_was_acknowledged_survives_many_sigkills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "store.sqlite", 30)


def test_a_second_node_on_the_same_home_is_told(tmp_path: Path) -> None:
    with (
        Store(tmp_path / "store.sqlite", BOUNDS),
        pytest.raises(InUse, match="another Potluck is using"),
    ):
        Store(tmp_path / "store.sqlite", BOUNDS)
    with Store(tmp_path / "store.sqlite", BOUNDS):
        pass  # once the first has let go


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with apsw.Connection(str(tmp_path / "store.sqlite")) as connection:
        connection.pragma("application_id", 7)
    with pytest.raises(LocalError, match="another program"):
        Store(tmp_path / "store.sqlite", BOUNDS)


def test_a_store_of_a_newer_potluck_is_left_alone(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite", BOUNDS) as store:
        store.database.submit(lambda connection: connection.pragma("user_version", 99)).result()
    with pytest.raises(LocalError, match="newer Potluck"):
        Store(tmp_path / "store.sqlite", BOUNDS)


def test_a_migration_cut_short_leaves_the_old_version_whole() -> None:
    connection = apsw.Connection(":memory:")
    migrate(connection)
    connection.execute("INSERT INTO note VALUES ('a', 'b')")
    broken = (
        "ALTER TABLE note RENAME TO notes; CREATE TABLE extra (x); INSERT INTO nowhere VALUES (1);"
    )

    with pytest.raises(apsw.SQLError):
        migrate(connection, (*STEPS, broken))
    assert connection.pragma("user_version") == len(STEPS)
    assert connection.execute("SELECT * FROM note").fetchall() == [("a", "b")]

    migrate(connection, (*STEPS, "ALTER TABLE note RENAME TO notes"))
    assert connection.pragma("user_version") == len(STEPS) + 1
    assert connection.execute("SELECT * FROM notes").fetchall() == [("a", "b")]


def scribble(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 500)


def tear_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [scribble, tear_the_middle])
async def test_a_damaged_store_says_what_to_do(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path, BOUNDS) as store:
        await Intake(NETWORK, store, lambda: NOW).announce(signed())
    damage(path)

    with (
        pytest.raises(LocalError, match=r"is damaged\. Move it away"),
        Store(path, BOUNDS) as store,
    ):
        await store.deck.counts()
        await Intake(NETWORK, store, lambda: NOW).announce(signed(slot=2))


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite", BOUNDS) as store:
        intake = Intake(NETWORK, store, lambda: NOW)
        heard: list[Arrival] = []
        intake.on_fresh(heard.append)
        await intake.announce(signed(slot=1))
        store.database.submit(fill_up).result()

        with pytest.raises(LocalError, match="is full; free some space"):
            await intake.announce_many([signed(slot=slot) for slot in range(2, 200)])
        assert store.deck.encoded(signed(slot=1).id) is not None
        assert store.ledger.head(host().key, 2) is None
        assert [arrival.signed for arrival in heard] == [signed(slot=1)], (
            "what is not kept is not sent"
        )

        store.database.submit(free_space).result()
        await intake.announce_many([signed(slot=slot) for slot in range(2, 200)])
        assert (await store.deck.counts()).held == 199


def fill_up(connection: apsw.Connection) -> None:
    connection.pragma("max_page_count", connection.pragma("page_count"))


def free_space(connection: apsw.Connection) -> None:
    connection.pragma("max_page_count", 1 << 30)


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_job_that_fails_takes_no_other_with_it(tmp_path: Path, failing: int) -> None:
    """Three in one transaction, one of which fails after it has written."""

    def note(name: str) -> Callable[[apsw.Connection], None]:
        def work(connection: apsw.Connection) -> None:
            connection.execute("INSERT INTO note (name, body) VALUES (?, '')", (name,))
            if name == str(failing):
                raise LocalError("no")

        return work

    with Database(tmp_path / "store.sqlite") as opened:
        jobs = [opened.submit(note(str(number)), lazy=True) for number in range(3)]
        opened.submit(lambda _: None).result()
        written = {name for (name,) in opened.rows("SELECT name FROM note")}

        assert [job.exception() is not None for job in jobs] == [n == failing for n in range(3)]
        assert written == {"0", "1", "2"} - {str(failing)}


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite", BOUNDS)
    store.close()
    store.close()
    with pytest.raises(LocalError, match="closed"):
        await store.trust.block(Block("word", text="noise"))


async def test_a_disk_that_can_only_be_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system makes one that fails: what is on it is wanted most then."""
    path = tmp_path / "store.sqlite"
    with Store(path, BOUNDS) as store:
        await store.choices.note("name", "kept")
    opened = os.open

    def read_only(file: str | Path, flags: int, *mode: int) -> int:
        if flags & os.O_ACCMODE:
            raise OSError(errno.EROFS, "Read-only file system")
        return opened(file, flags, *mode)

    def fail(*_: object) -> None:
        raise apsw.CantOpenError

    monkeypatch.setattr(os, "open", read_only)
    monkeypatch.setattr(database, "connect", fail)
    monkeypatch.setattr(connection, "is_read_only", lambda _: True)
    with Store(path, BOUNDS) as store:
        assert store.choices.noted("name") == "kept"
        with pytest.raises(LocalError, match=r"can only be read.* keep a copy elsewhere"):
            await store.choices.note("name", "lost")
        with pytest.raises(InUse):
            Store(path, BOUNDS)


async def test_a_write_waits_for_the_disk_and_who_reads_writes_nothing(tmp_path: Path) -> None:
    full = 2
    with Store(tmp_path / "store.sqlite", BOUNDS) as store:
        assert await store.database.change("PRAGMA synchronous") == [(full,)]
        assert await store.database.change("PRAGMA journal_mode") == [("wal",)]
        assert await store.database.change("PRAGMA wal_autocheckpoint") == [(connection.LOG_PAGES,)]
        with pytest.raises(LocalError):
            store.database.rows("DELETE FROM note")
