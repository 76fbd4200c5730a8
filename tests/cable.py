"""Two machines on one: network namespaces, and the cable between them. Linux only, and root."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Self

from .processes import Process

HAS_NAMESPACES = os.geteuid() == 0 and shutil.which("ip") is not None


class Cable:
    """
    Two network namespaces and the pair of virtual interfaces between them: nothing says goodbye.
    """

    def __init__(self) -> None:
        self._names = [f"potluck{side}{os.getpid()}" for side in "ab"]

    def __enter__(self) -> Self:
        a, b = self._names
        for name in self._names:
            _ip("netns", "add", name)
        _ip("link", "add", "side", "netns", a, "type", "veth", "peer", "name", "side", "netns", b)
        for number, name in enumerate(self._names):
            _ip("-n", name, "address", "add", f"{self.address(number)}/24", "dev", "side")
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "link", "set", "side", "up")
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._names:
            _ip("netns", "del", name)

    @staticmethod
    def address(side: int) -> str:
        return f"10.77.0.{side + 1}"

    def within(self, side: int) -> tuple[str, ...]:
        """What to run a command with, to run it on this side."""
        return ("ip", "netns", "exec", self._names[side])

    def route(self, side: int, other: int) -> None:
        """Let one side's way to everywhere lead through the other, as through a router at home."""
        _ip("-n", self._names[side], "route", "add", "default", "via", self.address(other))

    def plug(self, side: int, node: Process) -> None:
        """Have a node live on this side from its next start."""
        node.within = self.within(side)
        node.listen = f"/ip4/{self.address(side)}/tcp/0"

    def cut(self) -> None:
        _ip("-n", self._names[0], "link", "set", "side", "down")

    def heal(self) -> None:
        _ip("-n", self._names[0], "link", "set", "side", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
