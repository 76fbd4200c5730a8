"""People whom one has met, on the page: one's card, a hand along vouches, blocks that warn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from potluck.node.operations.trust.vouches import spoken
from tests.builders import host

from .site import Site, a_hand, running

ADA = host(1).key.hex()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A node of this test's own, since vouches are given here."""
    with running(tmp_path / "home", a_hand) as site:
        yield site


@pytest.mark.parametrize("scripts", [True, False])
def test_one_meets_somebody_draws_along_and_cuts(site: Site, visit: Any, *, scripts: bool) -> None:
    page = visit(site, "/vouches", java_script_enabled=scripts)
    expect(page.get_by_role("heading", name="Your card")).to_be_visible()
    expect(page.get_by_role("img", name="QR code that carries your key")).to_be_visible()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()

    page.get_by_label("The link of their card, or their key").fill("nobody")
    page.get_by_role("button", name="Compare the words").click()
    expect(page.get_by_role("alert")).to_contain_text("No host has a key that begins with nobody")
    page.get_by_label("The link of their card, or their key").fill(ADA)
    page.get_by_role("button", name="Compare the words").click()
    expect(page.locator(".said")).to_have_text(spoken(host(1).key))
    page.get_by_label("What you call them; it stays on this machine").fill("Ada")
    page.get_by_role("button", name="I have met them, and heard these words").click()
    expect(page.get_by_text("only for yourself")).to_be_visible()

    page.goto(f"{site.address}/")
    page.locator("summary").first.click()
    page.get_by_label("Only from people you have met, and on from there").check()
    page.get_by_label("Without the one stranger in ten").check()
    page.get_by_role("button", name="Set, and deal with it").click()
    expect(page.locator(".lead")).to_contain_text("Your vouches reach one host.")
    expect(page.locator(".lead")).to_contain_text("4 cards could not be dealt.")
    expect(page.locator("li.ticket")).to_have_count(1)
    expect(page.locator("li.ticket .odds")).to_contain_text("You met Ada")
    if scripts:
        _checked_by_the_browser(page)

    page.locator("li.ticket h2 a").click()
    page.get_by_role("button", name="Cut here: take back your vouch for Ada").click()
    page.goto(f"{site.address}/vouches")
    expect(page.get_by_text("Nobody yet.")).to_be_visible()


def _checked_by_the_browser(page: Page) -> None:
    """From the hand to its receipt and back."""
    page.get_by_role("link", name="Check this draw").click()
    page.get_by_role("button", name="Deal again in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("without asking the node: the same hand")
    page.route("**/receipt/*.json", _along_no_walk)
    page.get_by_role("button", name="Deal again in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("differs: the walks along them")
    page.go_back()


def _along_no_walk(route: Route) -> None:
    answer = route.fetch()
    receipt = answer.json()
    receipt["hand"][0]["number"] += 20
    route.fulfill(response=answer, json=receipt)


def test_a_block_may_only_warn_and_says_why(site: Site, visit: Any) -> None:
    page = visit(site, "/settings")
    page.get_by_label("Never deal events that say this word").fill("soup")
    page.get_by_label("Why, for yourself").fill("too salty")
    page.get_by_label("Deal them all the same, with a warning").check()
    page.get_by_role("button", name="Block the word").click()
    expect(page.get_by_text("with a warning only")).to_be_visible()

    page.goto(f"{site.address}/")
    expect(page.locator("li.ticket .notice")).to_have_text("You asked to be warned. too salty")
    page.goto(f"{site.address}/settings")
    page.get_by_role("button", name="Lift the block of soup").click()
    expect(page.get_by_text("Nothing is blocked.")).to_be_visible()
