"""What a card tells of its past, and what one may answer to it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from potluck.node.operations.draw import bag as bags
from potluck.node.operations.service import Service
from potluck.protocol.announcement import DAY, Place, Status
from tests.builders import NOW, body, host, signed
from tests.node.at_home import clock_of, receive

from .site import SOUP, Site, event


def past_of_the_soup(site: Site) -> None:
    """It begins later, and then it is cancelled."""
    later, off = event(1, later=1800), Status.CANCELLED
    site.call(receive, signed(host(1), slot=1, revision=1, issued_at=NOW + 60, what=later))
    site.call(
        receive, signed(host(1), slot=1, revision=2, issued_at=NOW + 120, status=off, what=later)
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_card_tells_what_each_revision_changed(fresh: Site, visit: Any, *, script: bool) -> None:
    page = visit(fresh, java_script_enabled=script)
    page.get_by_role("link", name=SOUP).click()
    expect(page.locator(".log li")).to_have_text(
        ["1 Tuesday 17 November, 12:06 UTC+1First announced."]
    )
    past_of_the_soup(fresh)
    page.reload()
    expect(page.locator(".log li")).to_have_text(
        [
            "3 Wednesday 18 November, 12:08 UTC+1Cancelled.",
            "2 Wednesday 18 November, 12:07 UTC+1Begins at 18:30, was 18:00.",
            "1 Tuesday 17 November, 12:06 UTC+1First announced.",
        ]
    )
    expect(page.locator("main")).to_contain_text("This is what your node saw.")


def test_the_past_is_told_in_german(fresh: Site, visit: Any) -> None:
    page = visit(fresh, locale="de-DE")
    page.get_by_role("link", name=SOUP).click()
    past_of_the_soup(fresh)
    page.reload()
    expect(page.locator(".log li").nth(1)).to_contain_text("Beginn: 18:30, vorher 18:00.")
    expect(page.locator(".log li").nth(0)).to_contain_text("Abgesagt.")


def test_a_withdrawn_event_leaves_no_words_behind(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    page.get_by_role("link", name=SOUP).click()
    past_of_the_soup(fresh)
    fresh.call(
        receive, signed(host(1), slot=1, revision=3, issued_at=NOW + 180, status=Status.WITHDRAWN)
    )
    page.reload()
    expect(page.locator(".log li")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("18:30")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_ticket_goes_back_into_the_hat_for_another_day(
    fresh: Site, visit: Any, *, script: bool
) -> None:
    page = visit(fresh, java_script_enabled=script)
    page.get_by_role("link", name=SOUP).click()
    page.get_by_role("button", name="Not tonight").click()
    expect(page.locator(".odds .tone")).to_contain_text("not tonight")
    page.goto(fresh.address)
    expect(page.locator(".passed .tone")).to_contain_text("not tonight")
    page.get_by_role("button", name=f"Put back: {SOUP}").click()
    expect(page.get_by_role("button", name=f"Keep: {SOUP}")).to_be_visible()
    page.get_by_role("link", name=SOUP).click()
    page.get_by_role("button", name="Not tonight").click()
    assert fresh.call(_shown_tomorrow) == 4
    page.get_by_role("button", name="Put back").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".odds .tone")).to_contain_text("kept")
    assert fresh.call(_shown_tomorrow) == 5


async def _shown_tomorrow(service: Service) -> int:
    clock_of(service).seconds += DAY
    shown = (await bags.bag(service))["shown"]
    clock_of(service).seconds -= DAY
    return int(shown)


def test_a_card_says_in_words_why_no_draw_could_have_dealt_it(fresh: Site, visit: Any) -> None:
    far = signed(
        host(9),
        slot=9,
        what=body("Far off", start=NOW + 30 * DAY, place=Place("Away", None, 48.1, 11.6)),
    )
    fresh.call(receive, far)
    page = visit(fresh, f"/card/{far.id.hex()}")
    expect(page.locator("main")).to_contain_text("you look from 18 November to 1 December.")
    expect(page.locator("main")).not_to_contain_text("2026-")
