"""Many workers by Dask: the same bytes as one, and a worker that dies loses nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing import cluster
from potluck.simulations.mixing.runner import execute

from .test_runner import contents
from .worlds import tiny

DASK = (sys.executable, "-m", "dask")


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A Dask process, ended with the block."""
    with subprocess.Popen([*DASK, *words], stderr=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()
            started.communicate()


def address_of(scheduler: subprocess.Popen[str]) -> str:
    """Where a scheduler says that it listens."""
    assert scheduler.stderr is not None
    for line in scheduler.stderr:
        if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
            return found[1]
    raise AssertionError("the scheduler did not start")


def test_two_workers_of_whom_one_is_killed_give_the_bytes_of_one_process(tmp_path: Path) -> None:
    """A real scheduler and two real worker processes; one gets SIGKILL in the middle."""
    asked = tiny(seeds=12)
    alone = execute(asked, tmp_path / "alone")
    with process("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as scheduler:
        address = address_of(scheduler)
        worker = (
            "worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
        )
        with process(*worker) as first, process(*worker), Client(address) as client:
            client.wait_for_workers(2)
            killed: list[int] = []

            def kill_one(done: int, _total: int) -> None:
                if done >= 3 and not killed:
                    first.kill()
                    killed.append(done)

            folder = execute(asked, tmp_path / "many", cluster.existing(address), kill_one)
            assert killed
            assert killed[0] < 24
            assert len(client.scheduler_info()["workers"]) == 1

    assert contents(folder) == contents(alone)


def test_an_embedded_cluster_gives_the_bytes_of_one_process(tmp_path: Path) -> None:
    """What `--workers 2` does."""
    alone, many = (
        execute(tiny(), tmp_path / "alone"),
        execute(tiny(), tmp_path / "many", cluster.local(2)),
    )

    assert contents(many) == contents(alone)


def test_batches_last_about_a_second_and_leave_no_lane_idle() -> None:
    """Long ones alone, short ones together but spread over the lanes."""
    for seconds, lanes, size in ((5.0, 2, 1), (0.1, 2, 10), (0.001, 4, 25)):
        assert cluster.batch_size(seconds, 100, lanes) == size
    assert cluster.batch_size(0.001, 1, 4) == 1


def test_no_scheduler_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address, and that nobody answers there."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)

    with pytest.raises(LocalError, match="no Dask scheduler answers at"):
        execute(tiny(), tmp_path, cluster.existing("tcp://127.0.0.1:9"))
