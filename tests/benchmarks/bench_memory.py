"""Memory of a running node that holds 100,000 announcements, as the kernel counts it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.store import Store, rows
from potluck.node.store.overlay import ADD_WIRE
from potluck.protocol.wire import SignedAnnouncement
from tests.benchmarks import million
from tests.benchmarks.invented import announcements
from tests.builders import NETWORK, nonce

HELD = 100_000
HOSTS = 10_000
CHUNK = 1_000
PATIENCE = 120


def bench_memory(tmp_path: Path) -> None:
    """Started, asked, drawn from and listed; libp2p alone and the store of 1,000 beside it."""
    alone = memory_after("import libp2p, trio")
    few = memory_of_node(tmp_path / "few", 1_000)
    many = memory_of_node(tmp_path / "many", HELD)
    print(
        f"\nResident memory in MB (bar: 160 with {HELD:,} held); libp2p imported, alone: "
        f"{alone:.0f}"
    )
    for held, (up, drawn, listed) in ((1_000, few), (HELD, many)):
        print(
            f"  {held:7,} held: {up:.0f} when up, {drawn:.0f} through draws, {listed:.0f} through "
            "a list"
        )


def memory_after(statement: str) -> float:
    code = f"{statement}; print(open('/proc/self/status').read())"
    return megabytes(subprocess.check_output([sys.executable, "-c", code], text=True))


def memory_of_node(path: Path, held: int) -> tuple[float, float, float]:
    """
    Megabytes when it is up, at most through some draws, and at most through a list of everything.
    """
    home = Home.create(
        path, Config(network_name=NETWORK.name, stamp_bits=4, deck_max_events=2 * HELD)
    )
    home.save_stamp(nonce(home.identity))
    shutil.copy(store_of(held), home.store_path)
    up = [*command(home), "up", "--no-web", "--listen", "/ip4/127.0.0.1/tcp/0"]
    with subprocess.Popen(up, stdout=subprocess.DEVNULL) as node:
        try:
            wait_until_up(home, held)
            started = memory_of(node.pid)
            for how in ("hosts", "events"):
                ask(home, "draw", "--at", "52.5,13.4", "--by", how)
            drawn = memory_of(node.pid, "VmHWM")
            ask(home, "list")
            return started, drawn, memory_of(node.pid, "VmHWM")
        finally:
            node.terminate()


def command(home: Home) -> list[str]:
    return [sys.executable, "-m", "potluck.cli", "--home", str(home.path)]


def ask(home: Home, *arguments: str) -> Any:
    answer = subprocess.run([*command(home), *arguments, "--json"], capture_output=True, check=True)
    return json.loads(answer.stdout)


def wait_until_up(home: Home, held: int) -> None:
    deadline = monotonic() + PATIENCE
    while not home.socket_path.exists():
        assert monotonic() < deadline, "the node did not come up"
        sleep(0.1)
    status = ask(home, "status")
    assert (status["running"], status["announcements"]) == (True, held)


def memory_of(pid: int, what: str = "VmRSS") -> float:
    return megabytes(Path(f"/proc/{pid}/status").read_text(), what)


def megabytes(status: str, what: str = "VmRSS") -> float:
    line = next(line for line in status.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


def store_of(held: int) -> Path:
    """A store of so many announcements, made once."""
    path = million.path_of(f"held-{held}")
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        made = announcements(held, HOSTS)
        with Store(unfinished, million.BOUNDS) as making:
            for first in range(1, held, CHUNK):
                load(making, first, list(islice(made, CHUNK)))
        unfinished.rename(path)
    return path


def load(store: Store, first: int, signed: list[SignedAnnouncement]) -> None:
    """Write announcements without asking whether they are admitted."""
    numbered = list(enumerate(signed, first))
    added = [rows.register_row(ref, one) for ref, one in numbered]
    wires = [(ref, one.encoded) for ref, one in numbered]
    store.database.submit(lambda connection: connection.executemany(rows.ADD, added)).result()
    store.database.submit(lambda connection: connection.executemany(ADD_WIRE, wires)).result()
