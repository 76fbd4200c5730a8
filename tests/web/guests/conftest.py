"""Browsers at a site that a plain web server serves, at the time of the tests."""

from __future__ import annotations

import shutil
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from potluck.node.web.site import folder as folders
from potluck.node.web.site.edition import files
from tests.builders import NOW
from tests.web.conftest import PHONE

from .folder import APP
from .town import announced, said


class _Host(SimpleHTTPRequestHandler):
    """A static web host whose clock stands still.

    It sends every file whole: dates of files tell seconds only, and tests publish twice in one.
    """

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(timestamp or NOW, usegmt=True)

    def send_head(self) -> Any:
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *about: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a browser may leave when it likes
            super().handle_error(*about)


class Served:
    """A folder on a web server, by HTTPS if it has a certificate."""

    def __init__(self, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        self.folder = folder
        host = partial(_Host, directory=str(folder))
        self._server = _Server(("127.0.0.1", 0), host)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/"
        how = {"poll_interval": 0.02}
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs=how, daemon=True)
        self._thread.start()

    def publish(self, said: dict[str, Any], now: int = NOW) -> None:
        """Renew the site."""
        folders.write(self.folder, files(said), now)

    def stop(self) -> None:
        """Be gone, as when there is no network."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def on_a_server(folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """A web server for this folder."""
    served = Served(folder, tls)
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def modules(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that may import the modules by name."""
    folder = tmp_path_factory.mktemp("modules")
    for file in APP.glob("*.js"):
        shutil.copy(file, folder)
    (folder / "index.html").write_text("<!doctype html><title>Modules</title>", encoding="utf-8")
    with on_a_server(folder) as served:
        page = browser.new_page()
        page.goto(served.address)
        yield page
        page.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Served]:
    """The town's site: eight organisers with an event each."""
    with on_a_server(tmp_path / "site") as served:
        served.publish(said(announced()))
        yield served


@pytest.fixture
def guest(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Come to an address with a phone of one's own; the page may not complain on its console.

    `left` is told of each request by the browser.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def come(
        address: str,
        now: int = NOW,
        expected: Sequence[str] = (),
        left: Callable[[Request], None] = lambda _: None,
        **how: Any,
    ) -> Page:
        context = browser.new_context(
            **({"viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/Berlin"} | how)
        )
        contexts.append(context)
        context.on("request", left)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.clock.set_fixed_time(now)
        page.on("console", lambda message: _note(message.text, expected, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.locator("main h1").wait_for()
        return page

    yield come
    for context in contexts:
        context.close()
    assert complaints == []


def _note(text: str, expected: Sequence[str], complaints: list[str]) -> None:
    if not any(each in text for each in expected):
        complaints.append(text)
