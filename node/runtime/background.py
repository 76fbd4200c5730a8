"""What runs beside the transport: each a part that begins again when it fails."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import trio

from potluck.node.clock import notice_sleep
from potluck.node.home.home import Home
from potluck.node.operations.service import Service
from potluck.node.operations.sharing.public_hand import deal_at_midnight
from potluck.protocol.errors import LocalError

from . import collector
from .connections import NetworkParts

logger = logging.getLogger(__name__)

WATCH_SECONDS = 60
REPEAT_SECONDS = 3600


def background(
    home: Home, service: Service, network: NetworkParts
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs beside the transport, by name."""
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "relays": network.relays.run,
        "peers": network.peers.run,
        "sync": network.sync.run,
        "intake": service.intake.run,
        "clock": partial(notice_sleep, service.clock.real, network.woke),
        "calendars": partial(_watch_calendars, service),
        "tables": partial(deal_at_midnight, service),
        "repetitions": partial(_repeat, service),
        "collector": collector.run,
    }
    if home.config.mdns:
        parts["mdns"] = partial(network.transport.find_nearby, network.peers.found_nearby)
    if home.config.site_dir:
        from potluck.node.web.site.renewed import (  # noqa: PLC0415 - few nodes have guests
            keep_folder,
        )

        folder = home.path / Path(home.config.site_dir).expanduser()
        parts["site"] = partial(keep_folder, service, folder)
    return parts


async def _repeat(service: Service) -> None:
    """Announce the further dates of events that repeat, as the window of days moves."""
    while True:
        # As above
        from potluck.node.operations.announce.repetition import announce_further  # noqa: PLC0415

        try:
            await announce_further(service)
        except LocalError as error:
            logger.error("no further dates were announced: %s", error)  # noqa: TRY400 - it says all
        await trio.sleep(REPEAT_SECONDS)


async def _watch_calendars(service: Service) -> None:
    """Look again at the calendars that are due, every WATCH_SECONDS."""
    while True:
        if service.store.feeds.watched():
            # The calendar libraries take 20 MB
            from potluck.node.operations.sharing.watching import import_due  # noqa: PLC0415

            try:
                await import_due(service)
            except LocalError as error:
                logger.error("no calendar was read again: %s", error)  # noqa: TRY400 - it says all
        await trio.sleep(WATCH_SECONDS)
