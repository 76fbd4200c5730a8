"""The control socket: one JSON line in, one JSON line out, progress lines in between.

    {"op": "draw", "args": {…}, "now": 1814000000, "lang": "de:en"}  ->  {"progress": [40, 200]} …
                                                                   {"result": …} or {"error": {…}}

`now` (UTC seconds, optional) starts the clock of draws, lists and import windows (POTLUCK_NOW);
`lang` (optional, as LANGUAGE has it) is what messages are told in.
The socket lies in a folder that only its owner can enter: who can connect is who may do all.
"""

import contextlib
import json
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import trio

from potluck.node.clock import Clock
from potluck.protocol.errors import LocalError, PotluckError

from .language.locale import PLAIN, Locale, as_environment, locale_of
from .operations.dispatch import operation, perform
from .operations.service import Json, Service

log = logging.getLogger(__name__)
Step = tuple[int, int | None]

MAX_LINE = 1024 * 1024
PROGRESS_EVERY = 0.1  # seconds
FAREWELL = 5.0
"""Seconds to take the answer, also of a node that stops."""


async def serve(
    service: Service, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Answer commands until cancelled. The store's lock is held, so an old socket is nobody's."""
    path = service.home.socket_path
    listener = trio.SocketListener(_bind(path))
    try:
        task_status.started()
        await trio.serve_listeners(partial(_answer, service), [listener])
    finally:
        path.unlink(missing_ok=True)


def _bind(path: Path) -> trio.socket.SocketType:
    plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o077)
    try:
        path.unlink(missing_ok=True)
        plain.bind(os.fspath(path))
    except OSError as error:
        plain.close()
        if error.errno is None:  # Python's own, before the system is asked
            raise LocalError(
                "the path of the control socket is too long ({path}); set XDG_RUNTIME_DIR to a "
                "short folder",
                path=path,
            ) from None
        raise LocalError(
            "cannot make the control socket {path}: {strerror}", path=path, strerror=error.strerror
        ) from None
    finally:
        os.umask(before)
    plain.listen(64)
    return trio.socket.from_stdlib_socket(plain)


async def _answer(service: Service, stream: trio.SocketStream) -> None:
    """One command. Who asked may be gone at any time: that ends the command, nothing else."""
    with (
        contextlib.suppress(trio.BrokenResourceError, trio.ClosedResourceError),
        trio.CancelScope() as scope,
    ):
        async with stream:
            line = await _read_line(stream)
            send, receive = trio.open_memory_channel[Step](1)
            service = replace(service, progress=lambda done, total: _offer(send, (done, total)))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_report, receive, stream, nursery.cancel_scope)
                reply = await _reply(service, line)
                # Also if the command was to stop the node: who asked is still told.
                scope.shield, scope.deadline = True, trio.current_time() + FAREWELL
                nursery.cancel_scope.cancel()
            await stream.send_all(reply)


async def _read_line(stream: trio.SocketStream) -> bytes:
    line = bytearray()
    with trio.move_on_after(5):
        while not line.endswith(b"\n"):
            chunk = await stream.receive_some(65536)
            line += chunk
            if not chunk or len(line) > MAX_LINE:
                break
    return bytes(line)


async def _reply(service: Service, line: bytes) -> bytes:
    """The line of what came of the command. A defect of ours costs this command, not the node."""
    try:
        command = json.loads(line)
        name, arguments, now = command["op"], command.get("args", {}), command.get("now")
        words = as_environment(command.get("lang", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        unread = LocalError("a command is one line of JSON with op and args")
        return _line({"error": describe(unread, locale_of(PLAIN))})
    try:
        if now is not None:
            service = replace(service, clock=Clock(now))
        found = [await perform(service, operation(name), arguments)]
        with trio.CancelScope(shield=True):  # also what came of stopping the node is told
            told = await trio.to_thread.run_sync(_told, found, words)
    except PotluckError as error:
        return _line({"error": describe(error, words)})
    except Exception as error:
        log.exception("the operation %s failed", name)
        defect = LocalError(
            "{name} failed: {error!r}; the node's log says more", name=name, error=error
        )
        return _line({"error": describe(defect, words)})
    return told


def _offer(send: trio.MemorySendChannel[Step], step: Step) -> None:
    with contextlib.suppress(trio.WouldBlock, trio.BrokenResourceError):
        send.send_nowait(step)


async def _report(
    receive: trio.MemoryReceiveChannel[Step], stream: trio.SocketStream, scope: trio.CancelScope
) -> None:
    try:
        async for step in receive:
            await stream.send_all(_line({"progress": step}))
            await trio.sleep(PROGRESS_EVERY)
    except trio.BrokenResourceError:
        scope.cancel()


def describe(error: PotluckError, words: Locale) -> Json:
    """An error as JSON: its kind, its words, and the field it is about, if any."""
    kind = type(error).__name__ if isinstance(error, LocalError) else "LocalError"
    field = error.field if isinstance(error, LocalError) else None
    return {"kind": kind, "message": words.translate(error), "field": field}


def _told(found: list[Any], words: Locale) -> bytes:
    """The line of a result, which is taken out of the list: in a thread that lets go of it, too.
    In parts, since json does not let go of the interpreter."""
    parts = _parts({"result": words.translate_all(found.pop())})
    return b"".join(part.encode() for part in parts) + b"\n"


def _parts(value: Any) -> Iterator[str]:
    """JSON of a value, which is used up: the elements of its lists go one by one, since 50,000 let
    go of at once take 20 ms in which nothing else runs."""
    if isinstance(value, dict) and value:
        for number, (key, each) in enumerate(value.items()):
            yield f"{', ' if number else '{'}{json.dumps(str(key))}: "
            yield from _parts(each)
        yield "}"
    elif isinstance(value, list) and value:
        value.reverse()
        opening = "["
        while value:
            yield opening + json.dumps(value.pop())
            opening = ", "
        yield "]"
    else:
        yield json.dumps(value)


def _line(reply: Any) -> bytes:
    # In ASCII, since an answer may quote half of a surrogate pair, which has no bytes.
    return json.dumps(reply).encode() + b"\n"
