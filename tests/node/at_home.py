"""A home with its operations, at a fixed time, in a temporary folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from potluck.node.clock import Clock
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.service import Service, open_store
from potluck.node.replication.intake import Intake, Origin
from potluck.protocol.network import Network
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NOW

CONFIG = Config(network_name="test", stamp_bits=4)
NETWORK = Network("test", 4)


class FixedClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, seconds: int = NOW) -> None:
        super().__init__()
        self.seconds = seconds

    def real(self) -> int:
        return self.seconds

    def now(self) -> int:
        return self.seconds


@asynccontextmanager
async def at_home(path: Path, config: Config = CONFIG, now: int = NOW) -> AsyncIterator[Service]:
    """The operations in this folder's home, which is made if need be, at `now`."""
    home = Home.open(path) if (path / "config.toml").exists() else Home.create(path, config)
    clock = FixedClock(now)
    with open_store(home) as store:
        yield Service(home, store, Intake(home.network, store, clock.real), clock)


def clock_of(service: Service) -> FixedClock:
    """The clock to move."""
    assert isinstance(service.clock, FixedClock)
    return service.clock


async def receive(service: Service, *announcements: SignedAnnouncement) -> None:
    """Have these come in from elsewhere."""
    for signed in announcements:
        service.intake.offer(signed.encoded, Origin.SYNC)
    await service.intake.settle()
