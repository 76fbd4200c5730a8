"""What of the write-ahead log was lost."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from potluck.node.store.connection import fetch
from potluck.node.store.database import Database
from potluck.node.store.wal import pages_in


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A database whose process died with three transactions in the log."""
    path = tmp_path / "store"
    with Database(path) as database:
        for number in range(3):
            make = partial(fetch, sql=f"CREATE TABLE t{number} (x)")
            database.submit(make).result()
        away = tmp_path / "away"
        away.mkdir()
        for file in tmp_path.glob("store*"):
            shutil.copy(file, away)
    return away / "store"


def test_a_whole_log_has_lost_nothing(stopped: Path) -> None:
    assert pages_in(stopped) > 3
    with Database(stopped) as database:
        assert database.torn_pages == 0
        assert database.row("SELECT count(*) FROM t2") == (0,)


def test_a_torn_page_is_counted_with_what_follows_it(stopped: Path) -> None:
    log = stopped.with_name("store-wal")
    content = bytearray(log.read_bytes())
    content[-100] ^= 1
    log.write_bytes(content)

    with Database(stopped) as database:
        assert database.torn_pages > 0
        assert database.row("SELECT count(*) FROM t1") == (0,)
    with Database(stopped) as database:
        assert database.torn_pages == 0


def test_no_log_or_a_short_one_holds_nothing(tmp_path: Path) -> None:
    assert pages_in(tmp_path / "store") == 0
    (tmp_path / "store-wal").write_bytes(b"short")
    assert pages_in(tmp_path / "store") == 0
