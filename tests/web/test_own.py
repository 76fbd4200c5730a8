"""What only the owner does: look how far an announcement has come, keep a second copy, leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.announce.event_json import Event
from potluck.node.operations.forms import EventForm
from potluck.node.operations.lifecycle import backup
from potluck.node.operations.service import Json, Peer, Service
from tests.node.web.api_server import Connected

from .site import Site, a_hand, running


class Friends(Connected):
    """Six nodes, of which one has not heard yet and one does not say."""

    def __init__(self) -> None:
        self.left = False
        self.asked: list[str] = []

    def peers(self) -> list[Peer]:
        return [{"id": f"friend {number}", "address": None, "relay": None} for number in range(6)]

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        self.asked.append(peer_id)
        return {"friend 0": None, "friend 1": False}.get(peer_id, True)

    def leave(self) -> None:
        self.left = True


@pytest.fixture
def friends() -> Friends:
    return Friends()


@pytest.fixture
def site(tmp_path: Path, friends: Friends, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A node of a person with a folder of their own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with running(tmp_path / "home", a_hand, connections=friends) as site:
        yield site


async def _announce(service: Service) -> Json:
    form = EventForm(title="A slow walk", start="2026-11-28T15:00", near="Berlin")
    made = await events.announce(service, form)
    return await events.edit(service, made["id"], EventForm(title="A slower walk"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_owner_of_an_event_and_nobody_else_asks_who_holds_it(
    site: Site, visit: Any, friends: Friends, *, script: bool
) -> None:
    page: Page = visit(site, java_script_enabled=script)
    own = site.call(_announce)
    page.goto(f"{site.address}/card/{own['id']}")
    page.get_by_role("button", name="Ask the other nodes").click()
    expect(page.get_by_role("status")).to_have_text(
        "Asked just now: 4 of 6 nodes hold it as it is now. One did not say."
    )
    page.goto(site.address)
    page.locator(".hand h2 a").first.click()
    expect(page.get_by_role("heading", name="How far it has come")).to_have_count(0)
    friends.asked.clear()
    page.goto(f"{page.url}?ask=peers")
    assert friends.asked == []


def test_whom_nobody_knows_is_told_so(tmp_path: Path, visit: Any) -> None:
    with running(tmp_path / "home", a_hand) as alone:
        page = visit(alone, f"/card/{alone.call(_announce)['id']}?ask=peers")
        expect(page.locator("#reach")).to_contain_text("No node runs in this home")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_second_copy_of_the_home_is_written_and_comes_back(
    site: Site, visit: Any, tmp_path: Path, *, script: bool
) -> None:
    page = visit(site, "/node", java_script_enabled=script)
    page.get_by_role("link", name="Your home").click()
    page.get_by_role("button", name="Write the copy").click()
    copy = Path(page.get_by_role("status").locator(".key").inner_text())
    assert (copy.parent, copy.stat().st_mode & 0o777) == (tmp_path, 0o600)
    assert backup.restore(tmp_path / "again", copy)["host_key"] == site.service.me.hex()
    page.get_by_role("button", name="Write the copy").click()
    expect(page.get_by_role("status")).to_contain_text("-2.tar.gz")


def test_a_copy_that_cannot_be_written_says_why(
    site: Site, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nowhere/at/all")
    page = visit(site, "/home")
    page.get_by_role("button", name="Write the copy").click()
    expect(page.get_by_role("alert")).to_contain_text("Cannot write /nowhere/at/all")


def test_the_events_are_taken_along(site: Site, visit: Any) -> None:
    page = visit(site, "/home")
    for name, begins in (
        (".ics", "BEGIN:VCALENDAR"),
        (".json", "[\n{"),
        (".deck", "potluck-deck-v1"),
    ):
        with page.expect_download() as file:
            page.get_by_role("link", name=f"({name})").click()
        assert file.value.suggested_filename == f"events{name}"
        assert file.value.path().read_bytes().startswith(begins.encode())
    assert page.goto(f"{site.address}/export/keys").status == 404


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_who_leaves_says_so_in_words_and_takes_everything_along(
    site: Site, visit: Any, friends: Friends, tmp_path: Path, *, script: bool
) -> None:
    page = visit(site, "/home", java_script_enabled=script)
    site.call(_announce)
    page.get_by_label("If you mean it, write the name of the network: test").fill("yes")
    page.get_by_role("button", name="Withdraw everything").click()
    expect(page.get_by_role("alert")).to_contain_text("write the name of the network")
    assert not friends.left
    page.get_by_label("If you mean it").fill("test")
    page.get_by_role("button", name="Withdraw everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Farewell")
    expect(page.locator("main")).to_contain_text("One announcement is withdrawn.")
    folder = Path(page.locator("main .key").inner_text())
    assert sorted(file.name for file in folder.iterdir()) == [
        "events.deck",
        "events.ics",
        "events.json",
        "receipts",
        "yours.json",
    ]
    assert "A slower walk" in (folder / "events.json").read_text("utf-8")
    assert folder.parent == tmp_path
    assert site.call(_mine) == []
    assert friends.left


async def _mine(service: Service) -> list[Event]:
    return await list_events.list_events(service, mine=True)
