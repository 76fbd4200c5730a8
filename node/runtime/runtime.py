"""A running node: one nursery with everything in it, ended by SIGINT, SIGTERM or SIGHUP."""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import trio

from potluck.node import control
from potluck.node.clock import Clock
from potluck.node.errors import InUse
from potluck.node.home.bootstrap import first_peers
from potluck.node.home.home import Home
from potluck.node.home.lock import STARTING
from potluck.node.operations.health.status import status
from potluck.node.operations.lifecycle import backup
from potluck.node.operations.lifecycle.settings import check_all
from potluck.node.operations.service import Json, Service, open_store
from potluck.node.replication.intake import Intake
from potluck.node.store import Store
from potluck.protocol.errors import LocalError

from . import collector
from .background import background
from .connections import Connections, NetworkParts
from .supervisor import first_of

logger = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds to wait for a command that still holds the store."""

SPREADING = 8.0
"""Seconds in which connected nodes learn of many withdrawals."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What one run changes of the settings. None and empty: as they are. web "": no page."""

    listen: Sequence[str] = ()
    connect: Sequence[str] = ()
    relays: Sequence[str] = ()
    web: str | None = None
    guests: str = ""
    mdns: bool | None = None
    now: float | None = None


def run(path: Path, options: Options, when_up: Callable[[Json], None]) -> None:
    """Run the node of a home until told to stop; `when_up` gets its status once it is reached.

    When its person has left, the home is deleted. Raises LocalError when it cannot start.
    """
    home = Home.open(path)
    check_all(adjusted(home, options).config)
    try:
        if trio.run(serve, home, options, when_up):
            backup.wipe(path)
    except BaseExceptionGroup as group:
        ours = group.subgroup(LocalError)
        if ours is None:
            raise
        raise first_of(ours) from None


def adjusted(home: Home, options: Options) -> Home:
    """The home with the options in place of its settings, which stay as they are in the file."""
    config = home.config
    return replace(
        home,
        config=replace(
            config,
            listen=tuple(options.listen) or config.listen,
            bootstrap=tuple(
                dict.fromkeys((*options.connect, *config.bootstrap, *first_peers(home.network)))
            ),
            relays=tuple(dict.fromkeys((*options.relays, *config.relays))),
            web=config.web if options.web is None else options.web,
            guests=options.guests or config.guests,
            mdns=config.mdns if options.mdns is None else options.mdns,
        ),
    )


async def serve(home: Home, options: Options, when_up: Callable[[Json], None]) -> bool:
    """The same within a loop that runs; whether its person has left: the home is to be deleted."""
    home, leaving = adjusted(home, options), trio.Event()
    with await _store_of(home) as store:
        async with trio.open_nursery() as nursery:
            await nursery.start(_stop_on_signal, nursery.cancel_scope)
            nursery.start_soon(_stop_after, leaving, nursery.cancel_scope)
            await _serve(home, store, options, when_up, nursery.cancel_scope.cancel, leaving.set)
    return leaving.is_set()


async def _stop_after(leaving: trio.Event, scope: trio.CancelScope) -> None:
    await leaving.wait()
    await trio.sleep(SPREADING)
    scope.cancel()


async def _store_of(home: Home) -> Store:
    """The store, once no command holds it any more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            store = open_store(home)
        except InUse:
            if time.monotonic() > deadline:
                raise
            await trio.sleep(0.05)
        else:
            store.database.set_state(STARTING)
            return store


async def _stop_on_signal(
    scope: trio.CancelScope, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        ending.append(signal.SIGHUP)
    with trio.open_signal_receiver(*ending) as signals:
        task_status.started()
        async for _ in signals:
            scope.cancel()
            return


async def _serve(
    home: Home,
    store: Store,
    options: Options,
    when_up: Callable[[Json], None],
    stop: Callable[[], None],
    leave: Callable[[], None],
) -> None:
    """Everything that runs, until cancelled."""
    clock = Clock(options.now)
    intake = Intake(home.network, store, clock.real)
    network = NetworkParts(home, store, intake, clock)
    connections = Connections(network, stop, leave)
    service = Service(home, store, intake, clock, connections)
    await backup.forget_left(store)
    async with network.transport.running(), trio.open_nursery() as nursery:
        await network.gossip.start()
        for name, part in background(home, service, network).items():
            nursery.start_soon(network.supervisor.run, name, part)
        if home.config.web:
            # A node without a page does without it
            from potluck.node.web.server import Server  # noqa: PLC0415

            server = Server(service, nursery)
            await server.start(home.config.web)
            connections.server = server
        guests = await _show_guests(service, network, nursery) if home.config.guests else None
        if home.config.metrics:
            from potluck.node.web import metrics  # noqa: PLC0415 - few nodes are monitored

            await metrics.start(service, nursery, home.config.metrics)
        await nursery.start(control.serve, service)
        store.database.set_state("running")
        logger.info("up")
        collector.settle()
        found = {"link": connections.page_link(), "guests": guests}
        when_up(await status(service) | found)


async def _show_guests(service: Service, network: NetworkParts, nursery: trio.Nursery) -> str:
    """Serve the site; its address."""
    from potluck.node.web.site.guests import GuestsServer  # noqa: PLC0415 - few nodes have guests

    guests = GuestsServer(service)
    address = await guests.start(nursery, service.home.config.guests)
    nursery.start_soon(network.supervisor.run, "guests", guests.keep_new)
    return address
