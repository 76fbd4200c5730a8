"""A server of HTTP on one address, from its first answer to its last."""

import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import hypercorn.trio
import trio
from hypercorn.config import Config
from hypercorn.typing import Framework
from starlette.types import ASGIApp

from potluck.node.home.loopback import host_and_port
from potluck.protocol.errors import LocalError


async def serve(
    app: ASGIApp,
    bind: str,
    option: str,
    hosts: set[str],
    ending: Callable[[], None],
    grace: float,
    task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled; started() gives the address, and `hosts` the Host headers that are
    ours.

    `option` chooses another address, for who is told that this one is taken. Answers that are
    under way when it is cancelled may end, within `grace` seconds. `ending` is called first, to
    end those that never would by themselves.
    """
    config = Config()
    config.bind = [f"fd://{_bound(bind, option)}"]
    config.graceful_timeout = grace
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn.error")  # to our log, not past it
    stopping = trio.Event()
    framework: Framework = app  # type: ignore[assignment]
    serving: Callable[..., Any] = partial(
        hypercorn.trio.serve, framework, config, shutdown_trigger=stopping.wait
    )
    async with trio.open_nursery() as nursery:
        binds = await nursery.start(_shielded, serving)
        host, _, port = binds[0].removeprefix("http://").rpartition(":")
        names = {host, "localhost"} if host in ("127.0.0.1", "[::1]") else {host}
        hosts.update(f"{name}:{port}" for name in names)
        task_status.started(f"http://{host}:{port}")
        try:
            await trio.sleep_forever()
        finally:
            ending()
            stopping.set()


async def _shielded(
    serving: Callable[..., Any], task_status: trio.TaskStatus[list[str]] = trio.TASK_STATUS_IGNORED
) -> None:
    with trio.CancelScope(shield=True):
        await serving(task_status=task_status)


def _bound(bind: str, option: str) -> int:
    """The descriptor of a socket bound to HOST:PORT. Raises LocalError.

    hypercorn would raise its error inside groups of groups, and leave the socket open.
    """
    host, port = host_and_port(bind)
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind((host, port))
    except (OSError, UnicodeError) as error:
        bound.close()
        why = getattr(error, "strerror", None) or error
        raise LocalError(
            "cannot serve at {bind}: {why}; choose another with {option}",
            bind=bind,
            why=why,
            option=option,
        ) from None
    return bound.detach()
