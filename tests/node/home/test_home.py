"""A home: private, never overwritten, refused when it is not safe."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest
import trio

from potluck.node.errors import InUse
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.home.paths import MAX_SOCKET_PATH, home_path
from potluck.node.operations.lifecycle import backup
from potluck.node.operations.service import open_store
from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.network import Network

SECRET = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_is_made_once_and_opened_again(path: Path) -> None:
    made = Home.create(path, Config(network_name="town"), SECRET)

    assert Home.open(path) == made
    assert made.network == Network("town", 22, SECRET)
    secrets = [
        made.host_seed,
        made.transport_seed,
        made.draw_secret,
        made.api_token,
        made.deck_secret,
    ]
    assert len(set(secrets)) == 5
    assert {len(secret) for secret in secrets} == {32}


def test_only_its_owner_can_read_it(path: Path) -> None:
    old = os.umask(0)
    try:
        Home.create(path, Config(), SECRET).save_stamp(bytes(8))
    finally:
        os.umask(old)

    assert mode(path) == 0o700
    assert {mode(file) for file in path.iterdir()} == {0o600}


def test_no_secret_shows_when_printed(path: Path) -> None:
    made = Home.create(path, Config(), SECRET)

    assert not any(
        repr(secret) in repr(made) for secret in (made.host_seed, made.api_token, SECRET)
    )


@pytest.mark.parametrize("name", ["config.toml", "host.key", "api.token", "network.secret"])
def test_nothing_is_overwritten(path: Path, name: str) -> None:
    path.mkdir(mode=0o700)
    (path / name).write_bytes(b"precious")

    with pytest.raises(LocalError, match=f"already has {name}"):
        Home.create(path, Config(), SECRET)
    assert [(file.name, file.read_bytes()) for file in path.iterdir()] == [(name, b"precious")]


def test_no_key_is_written_where_others_may_read(path: Path) -> None:
    path.mkdir()
    path.chmod(0o755)
    with pytest.raises(LocalError, match=f"chmod 700 {path}"):
        Home.create(path, Config())
    assert not list(path.iterdir())


def test_a_secret_of_another_length_makes_no_home(path: Path) -> None:
    with pytest.raises(LocalError, match="32 bytes"):
        Home.create(path, Config(), b"short")
    assert not path.exists()


def test_a_home_that_others_may_read_is_refused_with_the_fix(path: Path) -> None:
    Home.create(path, Config())
    path.chmod(0o750)
    with pytest.raises(LocalError, match=f"chmod 700 {path}"):
        Home.open(path)

    path.chmod(0o700)
    (path / "host.key").chmod(0o644)
    with pytest.raises(LocalError, match=f"chmod 600 {path / 'host.key'}"):
        Home.open(path)


def test_what_is_missing_or_damaged_is_named(path: Path) -> None:
    with pytest.raises(NotFound, match=f"potluck --home {path} init"):
        Home.open(path)

    Home.create(path, Config())
    (path / "draw.secret").write_bytes(b"short")
    with pytest.raises(LocalError, match=r"draw\.secret is damaged \(5 bytes, not 32\)"):
        Home.open(path)

    (path / "draw.secret").unlink()
    with pytest.raises(LocalError, match=r"draw\.secret is missing"):
        Home.open(path)


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o600)
    with pytest.raises(LocalError, match="is not a folder"):
        Home.create(tmp_path / "file", Config())


def test_leaving_deletes_the_home_and_nothing_else(path: Path) -> None:
    Home.create(path, Config())
    backup.wipe(path)
    assert not path.exists()

    path.mkdir(mode=0o700)
    (path / "novel.txt").write_text("by somebody else")
    Home.create(path, Config())
    backup.wipe(path)
    assert [file.name for file in path.iterdir()] == ["novel.txt"]


def test_what_somebody_uses_is_not_deleted(path: Path) -> None:
    home = Home.create(path, Config())
    with open_store(home), pytest.raises(InUse):
        backup.wipe(path)
    assert Home.open(path) == home


def test_what_a_killed_copy_left_goes_with_the_home(path: Path, tmp_path: Path) -> None:
    left = tmp_path / ".copy.1.new"
    left.mkdir()
    with open_store(Home.create(path, Config())) as store:
        trio.run(store.choices.note, backup.LEFT, str(left))
    backup.wipe(path)
    assert not left.exists()


def test_settings_are_saved(path: Path) -> None:
    made = Home.create(path, Config())
    saved = made.save(Config(bootstrap=("/ip4/127.0.0.1/tcp/1/p2p/x",)))

    assert Home.open(path) == saved
    assert not list(path.glob("*.new"))


def test_the_stamp_is_remembered(path: Path) -> None:
    made = Home.create(path, Config())
    assert made.stamp is None

    made.save_stamp(b"8 bytes!")
    assert Home.open(path).stamp == b"8 bytes!"
    made.save_stamp(b"torn")
    assert Home.open(path).stamp is None, "so it is looked for again"


def test_the_control_socket_of_a_short_home_is_in_it(path: Path) -> None:
    assert Home.create(Path(path.parent), Config()).socket_path.parent == path.parent


def test_the_control_socket_of_a_long_home_is_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        tempfile.TemporaryDirectory() as runtime
    ):  # pytest's own folder may be too long for a socket
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        one, other = (Home.create(tmp_path / (name * 60), Config()).socket_path for name in "ab")

    assert one.parent == other.parent == Path(runtime)
    assert one != other
    assert len(os.fsencode(one)) < MAX_SOCKET_PATH


def test_without_a_runtime_folder_a_private_temporary_one_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    home = Home.create(tmp_path / ("long" * 25), Config())
    folder = home.socket_path.parent

    assert mode(folder) == 0o700
    folder.chmod(0o755)
    with pytest.raises(LocalError, match="not private"):
        _ = home.socket_path


def test_where_the_home_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("POTLUCK_HOME", raising=False)
    assert home_path().name == "potluck"
    monkeypatch.setenv("POTLUCK_HOME", str(tmp_path / "from-environment"))
    assert home_path() == tmp_path / "from-environment"
    assert home_path(tmp_path / "given") == tmp_path / "given"
