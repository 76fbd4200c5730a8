"""News as server-sent events: what arrives at this node, told to whoever listens.

An announcement that comes by gossip, or is our own, is one `arrival`. What sync brings is only
counted, in `sync`, since it may be thousands. A listener who reads too slowly gets `missed` with
how many arrivals it did not get; nothing here grows without bound.
"""

import json
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

import trio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Send

from potluck.node.operations.announce.event_json import describe
from potluck.node.operations.service import Json, Service
from potluck.node.replication.intake import Arrival, Origin

MOST_LISTENERS = 32
QUEUE = 200
PAUSE = 0.25
"""Seconds between two messages to one listener: what happens meanwhile goes out together."""

LULL = 2.0
"""Seconds without anything new after which a sync is taken to be over."""

HEARTBEAT = 15.0
"""
Seconds after which a silent stream says that it is alive, so that nothing between gives it up.
"""


@dataclass(eq=False, slots=True, kw_only=True)
class Listener:
    """What is to be said to one, at most QUEUE arrivals, while it `may` listen."""

    may: Callable[[], bool] = lambda: True
    pause: float = PAUSE
    patience: float = HEARTBEAT
    arrivals: deque[Json] = field(default_factory=deque)
    missed: int = 0
    synced: int = 0
    wake: trio.Event = field(default_factory=trio.Event)
    ended: trio.Event = field(default_factory=trio.Event)

    def push(self, event: Json) -> None:
        if len(self.arrivals) < QUEUE:
            self.arrivals.append(event)
        else:
            self.missed += 1
        self.wake.set()

    def count(self) -> None:
        self.synced += 1
        self.wake.set()

    def end(self) -> bytes:
        """What is said last, to who may listen no more."""
        return b""

    def take(self) -> bytes:
        """All that is to be said now, as it goes over the wire."""
        messages = [message("arrival", event) for event in self.arrivals]
        if self.missed:
            messages.append(message("missed", {"arrivals": self.missed}))
        if self.synced:
            messages.append(message("sync", {"fresh": self.synced}))
        self.arrivals.clear()
        self.missed = self.synced = 0
        self.wake = trio.Event()
        return b"".join(messages)


class News:
    """What happens in a node, for all who listen. `close` ends their streams."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.listeners: set[Listener] = set()
        self._closed = False
        self._synced_at = -math.inf
        service.intake.on_fresh(self._arrived)

    def close(self) -> None:
        """The node stops: nobody is kept waiting, and nobody new is let in."""
        self._closed = True
        self.recheck()

    def recheck(self) -> None:
        """
        A session has ended, or a door was closed: whoever may listen no more is not kept waiting.
        """
        for listener in self.listeners:
            if self._closed or not listener.may():
                listener.ended.set()
                listener.wake.set()

    @property
    def syncing(self) -> bool:
        """Whether sync has brought something new just now."""
        return trio.current_time() - self._synced_at < LULL

    @property
    def full(self) -> bool:
        """Whether nobody more may listen."""
        return self._closed or len(self.listeners) >= MOST_LISTENERS

    async def serve(self, request: Request) -> Response:
        """The stream for one listener."""
        if self.full:
            return JSONResponse({"error": f"at most {MOST_LISTENERS} may listen at once"}, 503)
        return self.stream(Listener(may=request.scope["admitted"]))

    def stream(self, listener: Listener) -> Response:
        """The answer that is a stream for this one."""
        return _Streamed(self.messages(listener))

    async def messages(self, listener: Listener) -> AsyncGenerator[bytes, None]:
        """What goes over the wire, until `close` or `recheck`; the first is an empty comment."""
        self.listeners.add(listener)
        self.recheck()  # the node may have begun to stop since the request was let in
        try:
            yield b": listening\n\n"
            while not listener.ended.is_set():
                with trio.move_on_after(listener.patience):
                    await listener.wake.wait()
                if listener.may() and not listener.ended.is_set():
                    yield listener.take() or b": still here\n\n"
                with trio.move_on_after(listener.pause):
                    await listener.ended.wait()
            if last := listener.end():
                yield last
        finally:
            self.listeners.discard(listener)

    def _arrived(self, arrival: Arrival) -> None:
        if arrival.origin is Origin.SYNC:
            self._synced_at = trio.current_time()
            for listener in self.listeners:
                listener.count()
            return
        if self.listeners:
            event = describe(self._service, arrival.signed)
            for listener in self.listeners:
                listener.push(event)


class _Streamed(StreamingResponse):
    """
    A stream that is closed with its response: Starlette would leave that to the garbage collector.
    """

    def __init__(self, messages: AsyncGenerator[bytes, None]) -> None:
        super().__init__(messages, media_type="text/event-stream")
        self._messages = messages

    async def stream_response(self, send: Send) -> None:
        """As long as somebody listens; the server cancels it when they leave."""
        async with aclosing(self._messages):
            await super().stream_response(send)


def message(name: str, data: Json) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
