"""The plan in a browser: what changed, what was over, and what other windows did."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from potluck.node.operations.draw import went
from potluck.protocol.announcement import Status
from tests.builders import host, signed
from tests.node.at_home import clock_of, receive

from .site import ROPE, SOUP, Site, event

DAY, HOUR = 86_400, 3600
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def site(fresh: Site) -> Site:
    """A node of each test's own."""
    return fresh


def test_the_rail_says_what_of_the_plan_changed_until_it_was_seen(site: Site, visit: Any) -> None:
    page = visit(site)
    news = page.get_by_role("navigation").locator(".news")
    for title in (SOUP, ROPE):
        page.get_by_role("button", name=f"Keep: {title}").click()
    expect(news).to_have_count(0)
    site.call(receive, signed(host(1), slot=1, revision=1, what=event(1, later=HOUR)))
    page.reload()
    expect(news).to_have_text("1 changed")
    off = signed(host(2), slot=2, revision=1, status=Status.CANCELLED, what=event(2))
    site.call(receive, off)
    page.reload()
    expect(news).to_have_text("1 cancelled")
    page.goto(f"{site.address}/plan")
    page.get_by_role("button", name=f"I have seen this: {SOUP}").click()
    page.get_by_role("button", name=f"Take it off my plan: {ROPE}").click()
    expect(news).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text(f"Taken off your plan: {ROPE}.")
    page.get_by_role("button", name=f"Take it off my plan: {SOUP}").click()
    expect(page.locator(".row")).to_have_count(0)


@SCRIPTS
def test_after_a_kept_event_the_plan_asks_once_whether_one_went(
    site: Site, visit: Any, *, script: bool
) -> None:
    page = visit(site, java_script_enabled=script)
    page.get_by_role("button", name=f"Keep: {SOUP}").click()
    page.goto(f"{site.address}/plan")
    expect(page.locator("#went")).to_have_count(0)
    clock_of(site.service).seconds += 3 * DAY
    page.reload()
    expect(page.locator("#went")).to_contain_text(SOUP)
    page.get_by_label("A line for yourself").fill("=the carrot won")
    page.get_by_role("button", name="I went").click()
    expect(page.locator("#went form")).to_have_count(0)
    expect(page.locator("#went")).to_contain_text("went “=the carrot won”")
    (noted,) = site.call(went.diary)
    assert (noted["title"], noted["went"], noted["line"]) == (SOUP, True, "=the carrot won")
    saved = page.request.get(f"{site.address}/plan/went.csv").text()
    assert f"{SOUP},The Old Rope Works,True,'=the carrot won" in saved


def test_what_is_over_and_gone_from_the_node_is_still_asked_about(site: Site, visit: Any) -> None:
    page = visit(site)
    page.get_by_role("button", name=f"Keep: {SOUP}").click()
    gone = signed(host(1), slot=1, revision=1, status=Status.WITHDRAWN)
    clock_of(site.service).seconds += 3 * DAY
    page.goto(f"{site.address}/plan")
    page.get_by_role("button", name="Do not ask").click()
    expect(page.locator("#went")).to_have_count(0)
    assert site.call(went.diary) == []
    site.call(receive, gone)


def test_stale_buttons_explain_themselves(site: Site, visit: Any) -> None:
    page = visit(site)
    page.get_by_role("button", name=f"Keep: {SOUP}").click()
    other = page.context.new_page()
    other.goto(site.address)
    other.get_by_role("button", name=f"Put back: {SOUP}").click()
    other.get_by_role("button", name="Deal once more").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("All that is here was dealt today.")
    page.get_by_role("button", name=f"Put back: {SOUP}").click()
    expect(page.get_by_role("status").first).to_contain_text("you have put it back already")
