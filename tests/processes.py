"""Real nodes in processes of their own, on loopback, driven by the same client as the commands."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trio

from potluck.cli.client import Client
from potluck.node.home.home import Home
from potluck.node.operations.lifecycle import init

HERE = "/ip4/127.0.0.1/tcp/0"
PATIENCE = 120.0
"""Seconds after which something that must happen has not: a loaded machine starts nodes slowly."""


def until(done: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait for it; how many seconds it took. Fails after so many."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() < began + seconds, "this did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began


class Process:
    """A home, and the node that runs in it from time to time."""

    def __init__(self, home: Path, secret: str | None = None) -> None:
        trio.run(init.create, home, "", "test", secret, 4, lambda _done, _total: None)
        self.home = home
        self.client = Client(str(home))
        self.listen = HERE
        self.within: tuple[str, ...] = ()
        """What to run the node with: nothing, or the words that enter a network namespace."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start the node; returns once it answers."""
        words = [
            "--home",
            str(self.home),
            "up",
            "--listen",
            self.listen,
            *(options or ("--no-web",)),
        ]
        with (self.home / "node.log").open("ab") as log:
            command = [*self.within, sys.executable, "-m", "potluck.cli", *words]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        return self.client.is_up()

    @property
    def pid(self) -> int:
        """The process of the node that runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the node said on its terminal."""
        return (self.home / "node.log").read_text("utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE)
        self._process = None
        return code

    def call(self, operation: str, **arguments: Any) -> Any:
        """An operation of the service."""
        return self.client.call(operation, **arguments)

    @property
    def address(self) -> str:
        """Where others reach the node."""
        address: str = self.call("status")["listen"][0]
        return address

    def ids(self) -> set[str]:
        """The ids of all events held."""
        return {event["id"] for event in self.call("list_events", past=True)}

    def killed_while_importing(self, file: Path, form: dict[str, Any], after: int) -> int:
        """
        Import until `after` events are acknowledged, then SIGKILL; how many were acknowledged.
        """
        command = {"op": "import_calendar", "args": {"source": str(file), **form}}
        done = 0
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as node:
            node.connect(os.fspath(Home.open(self.home).socket_path))
            node.sendall(json.dumps(command).encode() + b"\n")
            for line in node.makefile("rb"):
                reply = json.loads(line)
                # The end of the import acknowledges all of it; progress is told now and then.
                done = reply["progress"][0] if "progress" in reply else reply["result"]["given"]
                if done >= after or "progress" not in reply:
                    break
            self.stop(signal.SIGKILL)
        return done


@contextmanager
def processes(folder: Path, names: str, secret: str | None = None) -> Iterator[list[Process]]:
    """Homes of these one-letter names in one network; their nodes are stopped in the end."""
    made = [Process(folder / name, secret) for name in names]
    try:
        yield made
    finally:
        for each in made:
            each.stop(signal.SIGKILL)
