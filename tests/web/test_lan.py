"""The door for a phone from another address: two network namespaces, and a browser in the
second."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from potluck.protocol.errors import LocalError
from tests.cable import HAS_NAMESPACES, Cable
from tests.processes import Process, processes
from tests.test_end_to_end import SOUP

from .conftest import FLAGS, PHONE

HOME, AWAY = 0, 1
PAGE = "127.0.0.1:8642"
ASKING = """
import http.client, sys
wire = http.client.HTTPConnection(sys.argv[1], timeout=5)
wire.putrequest("GET", "/enter", skip_host=True)
wire.putheader("Host", sys.argv[2])
wire.endheaders()
print(wire.getresponse().status)
"""

if HAS_NAMESPACES:

    @pytest.fixture
    def cable() -> Iterator[Cable]:
        with Cable() as cable:
            cable.route(HOME, AWAY)
            yield cable

    @pytest.fixture
    def node(cable: Cable, tmp_path: Path) -> Iterator[Process]:
        """A node at home that holds an event, and shows its page to its own machine."""
        with processes(tmp_path, "n") as (node,):
            cable.plug(HOME, node)
            node.start("--web", PAGE)
            node.call("announce", form=SOUP)
            yield node

    @pytest.fixture
    def phone(cable: Cable, browser: Browser, tmp_path: Path) -> Iterator[Page]:
        """A browser at the other end of the cable; it knows one name for the node's machine."""
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
        wrapped = tmp_path / "chromium"
        wrapped.write_text(f'#!/bin/sh\nexec {" ".join(cable.within(AWAY))} {chromium} "$@"\n')
        wrapped.chmod(0o700)
        home = cable.address(HOME)
        rules = f"MAP laptop.local {home}, MAP * ~NOTFOUND, EXCLUDE {home}"
        away = browser.browser_type.launch(
            executable_path=wrapped, args=[*FLAGS.split(), f"--host-resolver-rules={rules}"]
        )
        page = away.new_context(viewport=PHONE, locale="en-GB").new_page()  # type: ignore[arg-type]
        page.set_default_timeout(10_000)
        yield page
        away.close()

    def status(cable: Cable, side: int, address: str, host: str) -> str:
        """What a door answers to this Host header, asked from one side."""
        command = [*cable.within(side), sys.executable, "-c", ASKING, address, host]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2].partition(":")[0]

    def test_a_phone_in_the_same_network_draws_until_the_door_is_closed(
        cable: Cable, node: Process, phone: Page
    ) -> None:
        link = node.call("open_door")["link"]
        door = urlsplit(link).netloc
        assert urlsplit(link).hostname == cable.address(
            HOME
        )  # no name that a phone would have to look up

        phone.goto(link)
        phone.get_by_role("button", name="Continue").click()
        phone.get_by_role("button", name=f"Keep: {SOUP['title']}").click()
        expect(phone.get_by_role("button", name=f"Put back: {SOUP['title']}")).to_be_visible()
        assert [event["title"] for event in node.call("kept")] == [SOUP["title"]]
        for path in ("/settings", "/node", "/announce", "/api/v1/status", "/pair"):
            answer = phone.goto(f"http://{door}{path}")
            assert answer is not None
            assert answer.status == 404

        for host in (
            "laptop.local",
            "localhost",
            "127.0.0.1",
            cable.address(AWAY),
            f"{cable.address(HOME)}.",
        ):
            assert status(cable, AWAY, door, f"{host}:{urlsplit(link).port}") == "421"
        assert status(cable, AWAY, door, door) == "401"
        answer = phone.goto(f"http://laptop.local:{urlsplit(link).port}/")
        assert answer is not None
        assert answer.status == 421
        assert status(cable, AWAY, f"{cable.address(HOME)}:8642", PAGE) == "ConnectionRefusedError"
        assert status(cable, HOME, PAGE, PAGE) == "401"

        phone.goto(f"http://{door}/")
        node.call("close_door")
        assert status(cable, AWAY, door, door) == "ConnectionRefusedError"

        again = node.call("open_door")["link"]
        answer = phone.goto(f"http://{urlsplit(again).netloc}/plan")  # with the cookie of before
        assert answer is not None
        assert answer.status == 401
        phone.goto(again)
        phone.get_by_role("button", name="Continue").click()
        expect(phone.get_by_role("button", name=f"Put back: {SOUP['title']}")).to_be_visible()

        node.call("close_door")
        cable.cut()
        with pytest.raises(LocalError, match="in no network"):
            node.call("open_door")
