"""What an open page says while events arrive: one quiet line, and no card moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from potluck.node.operations.announce import announce as events
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Health, Service
from potluck.node.replication.intake import Origin
from potluck.node.web.pages.live import MOST_AT_ONCE
from tests.builders import NOW, body, host, signed
from tests.node.web.api_server import Connected

from .conftest import PHONE
from .site import SOUP, Site, a_hand, at_loopback, running

RECORD = """() => {
  const line = document.querySelector("[data-live]");
  window.said = [];
  new MutationObserver(() => said.push(line.textContent)).observe(line, { childList: true });
}"""
BERLIN = EventForm(title="Late soup", start="2026-12-01T19:00", near="Berlin")


class Filling(Connected):
    """A node that has dialled one other, and compares decks with it."""

    synced_at: float | None = None

    def health(self) -> Health:
        return Health(known=1, connected=1, came_in=0, synced_at=self.synced_at)


async def arrive(service: Service, *numbers: int, origin: Origin = Origin.GOSSIP) -> None:
    """Have events of other hosts come in."""
    for number in numbers:
        what = body(f"Late {number}", start=NOW + 3600 * number)
        service.intake.offer(signed(host(number), slot=number, what=what).encoded, origin)
    await service.intake.settle()


def listen(site: Site, page: Page, path: str = "/") -> None:
    """Open a page, and wait until the node has heard that it listens, and not the page before."""
    page.goto("about:blank")
    listeners = site.server.site.news.listeners
    before = set(listeners)
    with page.expect_response(lambda answer: "/live?" in answer.url) as opened:
        page.goto(path)
    assert opened.value.status == 200
    _wait(page, lambda: listeners - before)


def line_of(page: Page) -> Any:
    return page.locator("[data-live]")


def test_what_arrives_is_said_in_a_quiet_line_and_the_hand_stays(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    titles = page.locator(".hand h2").all_inner_texts()
    listen(fresh, page, fresh.address)
    expect(line_of(page)).to_be_empty()
    assert line_of(page).get_attribute("role") == "status"  # which is polite
    fresh.call(arrive, 60, 61, 62)
    expect(line_of(page)).to_have_text(
        "3 events arrived while this page was open. Today’s hand stays as it is."
    )
    assert Axe().run(page).response["violations"] == []
    fresh.call(arrive, 63)
    expect(line_of(page)).to_contain_text("4 events arrived")
    assert page.locator(".hand h2").all_inner_texts() == titles


def test_the_line_speaks_german_and_leads_to_the_list(fresh: Site, visit: Any) -> None:
    page = visit(fresh, locale="de-DE")
    listen(fresh, page, f"{fresh.address}/browse")
    fresh.call(arrive, 60)
    expect(line_of(page)).to_have_text(
        "Eine Veranstaltung kam an, während diese Seite offen war. Sie stehen in der Liste, wenn "
        "du sie wieder öffnest."
    )


def test_what_one_announces_oneself_is_no_news(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    listen(fresh, page, fresh.address)
    fresh.call(events.announce, BERLIN)
    fresh.call(arrive, 60)
    expect(line_of(page)).to_contain_text("One event arrived")


def test_without_javascript_the_line_is_empty_and_nothing_is_lost(fresh: Site, visit: Any) -> None:
    page = visit(fresh, java_script_enabled=False)
    fresh.call(arrive, 60)
    expect(line_of(page)).to_be_empty()
    expect(page.get_by_role("link", name=SOUP)).to_be_visible()


def test_a_page_that_is_left_listens_no_more(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    listen(fresh, page, fresh.address)
    _wait(page, lambda: len(fresh.server.site.news.listeners) == 1)
    page.goto(f"{fresh.address}/plan")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    _wait(page, lambda: not fresh.server.site.news.listeners)


def test_a_session_has_few_streams_and_an_ended_one_none(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    listen(fresh, page, fresh.address)
    _wait(page, lambda: len(fresh.server.site.news.listeners) == 1)
    others = [page.context.new_page() for _ in range(MOST_AT_ONCE)]
    for other in others[:-1]:
        listen(fresh, other, fresh.address)
    with others[-1].expect_response(lambda answer: "/live?" in answer.url) as refused:
        others[-1].goto(fresh.address)
    assert refused.value.status == 204
    (session,) = fresh.server.site.sessions.listed()
    page.request.post(
        f"{fresh.address}/settings/revoke",
        form={"id": session.id},
        headers={"Origin": fresh.address},
    )
    _wait(page, lambda: not fresh.server.site.news.listeners)
    fresh.call(arrive, 60)
    expect(line_of(page)).to_be_empty()


def test_a_phone_hears_how_many_until_the_door_closes_and_at_once(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_loopback(monkeypatch)
    with running(tmp_path / "home", a_hand) as site:
        link = site.call(lambda _: site.server.open())
        context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        phone = context.new_page()
        phone.goto(link)
        phone.get_by_role("button", name="Continue").click()
        listen(site, phone, link.partition("/enter")[0])
        site.call(arrive, 60)
        expect(line_of(phone)).to_contain_text("One event arrived")
        site.call(lambda _: site.server.close())
        _wait(phone, lambda: not site.server.site.news.listeners)
        context.close()


async def _newcomer(service: Service) -> None:
    await service.store.choices.note("page.welcomed", "yes")


def test_a_first_hand_waits_for_the_first_sync_and_says_so(tmp_path: Path, visit: Any) -> None:
    connections = Filling()
    with running(tmp_path / "home", _newcomer, connections=connections) as site:
        page = visit(site)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your first hand waits")
        expect(line_of(page)).to_have_text("Receiving events from one other node: 0 so far.")
        assert Axe().run(page).response["violations"] == []
        listen(site, page, site.address)
        site.call(_sync, 60, 61, 62)
        expect(line_of(page)).to_have_text("Receiving events from one other node: 3 so far.")
        connections.synced_at = NOW
        expect(page.get_by_role("heading", level=1)).to_have_text("Today’s hand")
        expect(page.locator(".hand > li")).to_have_count(3)


def test_who_does_not_want_to_wait_deals_from_what_is_here(tmp_path: Path, visit: Any) -> None:
    with running(tmp_path / "home", _newcomer, connections=Filling()) as site:
        site.call(_sync, 60)
        page = visit(site, java_script_enabled=False)
        page.get_by_role("link", name="Look again").click()
        expect(line_of(page)).to_have_text("Receiving events from one other node: 1 so far.")
        page.get_by_role("link", name="Deal from what is here").click()
        expect(page.locator(".hand > li")).to_have_count(1)
        page.goto(site.address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Today’s hand")


def test_the_node_says_how_far_a_sync_has_come(tmp_path: Path, visit: Any) -> None:
    with running(tmp_path / "home", a_hand, connections=Filling()) as site:
        page = visit(site)
        listen(site, page, f"{site.address}/node")
        page.evaluate(RECORD)  # all that it says, however late one looks
        site.call(_sync, 60, 61)
        _wait(page, lambda: len(page.evaluate("said")) == 2)
        assert page.evaluate("said") == [
            "Receiving events from one other node: 7 so far.",
            "2 events arrived while this page was open.",
        ]


async def _sync(service: Service, *numbers: int) -> None:
    await arrive(service, *numbers, origin=Origin.SYNC)


def _wait(page: Page, true: Any) -> None:
    for _ in range(1_200):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen within a minute")
