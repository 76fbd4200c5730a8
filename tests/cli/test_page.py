"""Opening the page from the command line, here and for a phone."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest

from potluck.node import control
from potluck.node.operations.service import Service
from potluck.node.web.server import Server
from tests.web.site import Site, at_loopback, first_run, running

from .conftest import Person


class Live:
    """The part of a running node that these commands ask."""

    def __init__(self, server: Server) -> None:
        self.page_link = server.link
        self.open_door = server.open
        self.close_door = server.close


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A node with a page and a control socket."""
    at_loopback(monkeypatch)
    with running(tmp_path / "home", first_run) as site:
        site.call(_listen, site.server)
        yield site


async def _listen(service: Service, server: Server) -> None:
    live: Any = Live(server)
    await server._nursery.start(control.serve, replace(service, connections=live))


def status_of(link: str) -> int:
    """What a link answers to a browser that was never here, when its button is pressed."""
    parts = urlsplit(link)
    headers = {
        "Origin": f"http://{parts.netloc}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    with closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as browser:
        browser.request("POST", parts.path, parts.query, headers)
        return browser.getresponse().status


def test_open_prints_a_link_that_works_once_and_opens_a_browser(
    node: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    me = Person(node.home)

    assert me.says("open") == ""  # no terminal, and what a log keeps would let others in
    (link,) = opened
    assert (status_of(link), status_of(link)) == (303, 401)
    assert me.json("open")["link"] != me.says("open", "--print").strip()
    assert opened == [link]


def test_the_door_opens_a_door_says_what_it_means_and_closes_it(node: Site) -> None:
    me = Person(node.home)

    words = me.says("door", "open")
    link = next(line for line in words.splitlines() if line.startswith("http"))
    assert "encrypted" in words
    assert status_of(link) == 303
    assert "closed" in me.says("door", "close")
    with pytest.raises(ConnectionRefusedError):
        status_of(link)


def test_without_a_node_there_is_no_page_to_open(someone: Callable[..., Person]) -> None:
    ada = someone("ada")

    assert "potluck up" in ada.fails(3, "open")
    assert "potluck up" in ada.fails(3, "door", "open")
