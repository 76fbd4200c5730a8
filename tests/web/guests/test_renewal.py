"""The three hands, and what follows them, while the deck is renewed under an open page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import icalendar
import trio
from playwright.sync_api import Page, expect

from potluck.node.operations.draw import receipts
from potluck.protocol.announcement import DAY
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NOW, host, signed

from .conftest import Served
from .test_app import ROLLS, Come, deal, titles
from .test_hands import with_a_tables_hand
from .town import TITLES, announced, event, said

NEW = tuple(range(11, 17))


def renewed() -> list[SignedAnnouncement]:
    """The town a while later: one event is gone, and six organisers came."""
    fresh = [
        signed(host(n), slot=n, what=event(n, title=f"Something new, {n}", start=NOW + n * DAY,
               end=None)) for n in NEW
    ]  # fmt: skip
    return announced()[1:] + fresh


def renew(town: Served, **changes: Any) -> None:
    """Publish it, after everybody's page was opened and its old deck is gone at once."""
    town.publish(with_a_tables_hand() | {"announcements": said(renewed())["announcements"]}
                 | changes, NOW + 2 * DAY)  # fmt: skip


def verified(page: Page, number: int) -> int:
    """Save one of one's receipts and have the node deal it again; its cards."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the receipt").nth(number).click()
    found = trio.run(receipts.verify, download.value.path().read_bytes())
    assert found["differences"] == []
    return int(found["cards"])


def test_an_open_page_goes_on_with_the_deck_that_it_has(town: Served, guest: Come) -> None:
    town.publish(with_a_tables_hand())
    page = guest(town.address)
    tables = titles(page)
    renew(town)
    mine = deal(page)
    page.get_by_role("button", name=f"Keep: {mine[0]}").click()
    page.goto(town.address + "#dice")
    page.get_by_label("Or type the ten numbers").fill(ROLLS)
    page.get_by_label("Or type the ten numbers").press("Tab")
    page.get_by_role("button", name="Watch it dealt").click()
    page.get_by_role("button", name="Deal the rest").click()
    diced = titles(page)
    page.goto(town.address + "#check")

    assert {*tables, *mine, *diced} <= set(TITLES)
    assert [verified(page, number) for number in (0, 1)] == [5, 5]


def test_a_hand_stays_as_it_was_dealt_and_the_next_is_of_the_new_deck(
    town: Served, guest: Come
) -> None:
    town.publish(with_a_tables_hand())
    page = guest(town.address)
    tables, first = titles(page), deal(page)
    page.get_by_role("button", name=f"Keep: {first[0]}").click()
    page.get_by_role("button", name=f"Put back: {first[0]}").wait_for()
    renew(town)
    page.goto(town.address)
    page.reload()
    gone = event(1).title

    assert titles(page) == [title for title in tables if title != gone]
    if gone in tables:
        expect(page.get_by_text("no longer on the list")).to_be_visible()
    page.goto(town.address + "#mine")
    expect(page.locator("h1")).to_have_text("My own hand")
    assert titles(page) == first
    page.get_by_label("Price", exact=True).select_option("nothing")
    page.get_by_text("costing").wait_for()
    page.get_by_label("Price", exact=True).select_option("anything")
    page.get_by_role("button", name="Deal once more").click()
    page.locator(".hand h2", has_text="Something new").first.wait_for()
    assert set(titles(page)) & set(first) == {first[0]}
    page.goto(town.address + "#check")
    page.locator("li", has_text="A hand of your own").nth(1).get_by_role(
        "button", name="Deal it again"
    ).click()
    expect(page.get_by_text("The same hand: it follows")).to_be_visible()
    assert sorted(verified(page, number) for number in (0, 1)) == [4, 5]


def test_the_plan_and_its_file_keep_what_is_gone(town: Served, guest: Come) -> None:
    page = guest(town.address + "#list")
    page.get_by_role("link", name=event(1).title).click()
    page.get_by_role("button", name=f"Keep: {event(1).title}").click()
    page.get_by_role("button", name=f"Put back: {event(1).title}").wait_for()
    renew(town)
    page.goto(town.address + "#plan")
    page.reload()

    expect(page.locator(".row .state")).to_have_text("No longer on this list")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save all as a calendar file").click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == [event(1).title]


def test_a_date_that_moved_into_another_year_is_said_with_both(town: Served, guest: Come) -> None:
    page = guest(town.address + "#list")
    page.get_by_role("link", name=event(1).title).click()
    page.get_by_role("button", name=f"Keep: {event(1).title}").click()
    page.get_by_role("button", name=f"Put back: {event(1).title}").wait_for()
    start = int(datetime.fromisoformat("2027-01-02T00:00+01:00").timestamp())
    moved = event(1, start=start, end=start + 2 * DAY, all_day=True)
    town.publish(said([signed(host(1), slot=1, revision=1, what=moved)]))
    page.goto(town.address + "#plan")
    page.reload()

    expect(page.locator(".row .band")).to_contain_text(
        "Begins Saturday, 2 January 2027, was Thursday, 19 November 2026, 19:06."
    )
    expect(page.get_by_role("heading", level=2)).to_have_text("Saturday, 2 January 2027")
