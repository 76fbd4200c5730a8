"""A server of calendars that answers as a test says, and what is fetched from it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import trio

from potluck.node.calendars.fetch import Fetched, IPAddress, fetch

SECRET = "?key=sesame"
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def anywhere(address: IPAddress) -> bool:
    return address.is_loopback


async def content(address: str, allowed: Callable[[IPAddress], bool]) -> bytes:
    """The bytes that an address gives."""
    found = await fetch(address, allowed)
    assert isinstance(found, Fetched)
    return found.content


def answer(body: bytes = CALENDAR, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def redirect(location: str) -> bytes:
    return answer(b"", "302 Found", f"Location: {location}")


@asynccontextmanager
async def serving(reply: Callable[[str], bytes]) -> AsyncIterator[tuple[str, list[str]]]:
    """A server on loopback that answers with `reply(path)`: its address and what it was asked."""
    asked: list[str] = []

    async def serve(stream: trio.SocketStream) -> None:
        with trio.move_on_after(5):
            request = bytes(await stream.receive_some(65536)).decode()
            asked.append(request)
            try:
                await stream.send_all(reply(request.split(" ")[1]))
                await stream.send_eof()
                await stream.receive_some(1)
            except trio.BrokenResourceError:
                pass

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, serve, 0)
        _, port = listeners[0].socket.getsockname()[:2]
        yield f"http://127.0.0.1:{port}", asked
        nursery.cancel_scope.cancel()
