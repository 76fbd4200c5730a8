"""Where a command is carried out: by the running node, else here with the store under its lock."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from potluck.node.errors import InUse, Misconfigured, Unfit
from potluck.protocol import errors

from .language import wanted

PATIENCE = 5.0
"""Seconds to wait for another command, or a node that stops, to let us in."""
PATIENCE_STARTING = 20.0
"""Seconds to wait for a node that is starting: its libraries may take long to import."""
PATIENCE_LEAVING = 60.0
"""Seconds for a node to tell others what was withdrawn, and to stop."""

Progress = Callable[[int, int | None], None]


def _ignore(_done: int, _total: int | None) -> None:
    pass


class Client:
    """One home, as the commands see it."""

    def __init__(self, home: str | None) -> None:
        self._given = home

    @property
    def path(self) -> Path:
        """The home's folder."""
        from potluck.node.home.paths import home_path

        return home_path(self._given)

    def is_up(self) -> bool:
        """Whether a node runs in this home and answers."""
        try:
            self._connect().close()
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def wait_until_gone(self) -> None:
        """Wait until the node that runs here has deleted the home. Raises LocalError."""
        from potluck.node.home.paths import CONFIG

        _wait_until(
            lambda: not (self.path / CONFIG).exists(),
            errors.LocalError(
                "{path} is not deleted yet; if its node was stopped meanwhile, leave again",
                path=self.path,
            ),
        )

    def wait_until_down(self) -> None:
        """Wait until no node runs here. Raises LocalError."""
        still = errors.LocalError("the node has not stopped yet; its log may say why")
        _wait_until(lambda: not self.is_up(), still)

    def call(
        self,
        operation: str,
        progress: Progress = _ignore,
        form: Mapping[str, Any] = MappingProxyType({}),
        **arguments: Any,
    ) -> Any:
        """Carry out an operation of potluck.node.operations, which may take a form. Raises
        LocalError and its kinds."""
        command = {
            "op": operation,
            "args": {**arguments, **form},
            "now": pretended_now(),
            "lang": wanted(),
        }
        began = time.monotonic()
        while True:
            try:
                with self._connect() as node:
                    return _ask(node, command, progress)
            except (FileNotFoundError, ConnectionRefusedError):
                pass
            try:
                return self._here(command, progress)
            except InUse as busy:
                if time.monotonic() - began > (PATIENCE_STARTING if busy.starting else PATIENCE):
                    raise
            time.sleep(0.05)

    def id_of(self, text: str) -> str:
        """The id that a person means: one, or the number of a card of today's hand."""
        if text.isascii() and text.isdigit() and len(text) <= 2:
            found: str = self.call("numbered", number=int(text))["id"]
            return found
        return text

    def list_events(self, **arguments: Any) -> list[Any]:
        """All that `list_events` of the service gives, asked for in parts."""
        from potluck.node.operations.announce.list_events import by_time

        found: list[Any] = []
        after: int | None = 0
        while after is not None:
            part = self.call("list_part", after=after, **arguments)
            found += part["events"]
            after = part["next"]
        return sorted(found, key=by_time)

    def _connect(self) -> Any:
        """A connection with the node; its imports wait until here, since --help comes past.

        It read its settings when it started: that they hold no longer does not matter to it.
        """
        import socket

        from potluck.node.home.home import Home
        from potluck.node.home.paths import socket_path

        with suppress(Misconfigured):
            Home.open(self.path)
        node = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            node.connect(os.fspath(socket_path(self.path)))
        except BaseException as error:
            node.close()
            if (
                isinstance(error, OSError) and error.errno is None
            ):  # a path too long: no node is there
                raise FileNotFoundError from error
            raise
        return node

    def _here(self, command: dict[str, Any], progress: Progress) -> Any:
        import trio

        from potluck.node.clock import Clock
        from potluck.node.home.home import Home
        from potluck.node.language.locale import as_environment
        from potluck.node.operations.dispatch import operation, perform
        from potluck.node.operations.service import open_service

        async def run() -> Any:
            async with open_service(
                Home.open(self.path), Clock(command["now"]), progress
            ) as service:
                return await perform(service, operation(command["op"]), command["args"])

        return as_environment(command["lang"]).translate_all(trio.run(run))


def _wait_until(done: Callable[[], bool], complaint: errors.LocalError) -> None:
    deadline = time.monotonic() + PATIENCE_LEAVING
    while not done():
        if time.monotonic() > deadline:
            raise complaint
        time.sleep(0.05)


def pretended_now() -> int | None:
    """The instant in POTLUCK_NOW, as UTC seconds."""
    given = os.environ.get("POTLUCK_NOW")
    if not given:
        return None
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        raise errors.LocalError(
            "POTLUCK_NOW={given} is no instant; write it as 2027-03-01T12:00:00+00:00", given=given
        ) from None
    return int(instant.timestamp())


def now() -> datetime:
    """The present instant, or the one in POTLUCK_NOW."""
    pretended = pretended_now()
    return datetime.now(UTC) if pretended is None else datetime.fromtimestamp(pretended, UTC)


def _ask(node: Any, command: dict[str, Any], progress: Progress) -> Any:
    import json

    try:
        node.sendall(json.dumps(command).encode() + b"\n")
        with node.makefile("rb") as lines:
            for line in lines:
                reply = json.loads(line)
                if "progress" in reply:
                    progress(*reply["progress"])
                elif "error" in reply:
                    raise _error(**reply["error"])
                else:
                    return reply["result"]
    except (BrokenPipeError, ConnectionResetError):
        pass
    raise errors.LocalError("the node stopped before it answered; try again")


def _error(kind: str, message: str, field: str | None) -> errors.LocalError:
    if kind == Unfit.__name__ and field is not None:
        return Unfit(field, message)
    named = getattr(errors, kind, errors.LocalError)
    error: errors.LocalError = named(message)
    error.field = field
    return error
