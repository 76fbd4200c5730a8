"""The blank ticket in a browser: drafted, announced, changed, called off; calendars imported."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Service
from potluck.node.web.pages.announce import DRAFT
from tests.processes import until

from .site import Site


def fill_in(page: Page) -> None:
    page.get_by_label("What is it?").fill("A slow walk, read aloud")
    page.get_by_label("Day", exact=True).fill("2026-11-28")
    page.get_by_label("From").fill("15:00")
    page.get_by_label("To", exact=True).fill("16:30")
    page.get_by_label("Where?").fill("Chapel Steps")
    page.get_by_label("In which town").fill("Berlin")
    page.get_by_label("Words", exact=True).check()
    page.get_by_label("Walk", exact=True).check()
    page.get_by_label("Price").fill("Free")
    page.get_by_label("About", exact=True).fill("We take turns with a page each.")
    page.get_by_label("Step-free").select_option("yes")


def test_an_event_is_drafted_announced_edited_postponed_cancelled_withdrawn(
    fresh: Site, visit: Any
) -> None:
    page = visit(fresh, "/announce")
    fill_in(page)
    expect(page.locator("#p-title")).to_have_text("A slow walk, read aloud")
    expect(page.locator("#p-when")).to_have_text("Saturday 28 November, 15:00")
    page.get_by_label("Day", exact=True).fill("2027-11-28")
    expect(page.locator("#p-when")).to_have_text("Sunday, 28 November 2027, 15:00")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("This is your draft.")).to_be_visible()
    expect(page.locator("#p-when")).to_have_text("Sunday, 28 November 2027, 15:00")
    page.get_by_label("Day", exact=True).fill("2026-11-28")
    expect(page.locator("#p-when")).to_have_text("Saturday 28 November, 15:00")
    expect(page.get_by_label("Where?")).to_have_value("Chapel Steps")
    page.get_by_role("button", name="Sign and announce").click()
    expect(page.get_by_role("status")).to_contain_text("Announced, signed with your key")
    expect(page.locator("main")).to_contain_text("Saturday 28 November, three in the afternoon")
    change = page.get_by_role("link", name="Edit, postpone, cancel or withdraw")
    change.click()
    page.get_by_label("What is it?").fill("A slower walk")
    page.get_by_role("button", name="Sign the change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A slower walk")
    change.click()
    page.get_by_role("button", name="Say that it is postponed").click()
    expect(page.locator("main")).to_contain_text("A new date is not known yet")
    change.click()
    page.get_by_label("Why, if you like").fill("Rain")
    page.get_by_role("button", name="Say that it is cancelled").click()
    expect(page.locator(".about")).to_contain_text("Cancelled: Rain")
    change.click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you have announced")
    assert [event["status"] for event in fresh.call(_mine)] == []


async def _mine(service: Any) -> Any:
    return await list_events.list_events(service, mine=True)


def test_what_is_filled_in_wrong_is_named_and_nothing_is_lost(site: Site, visit: Any) -> None:
    page = visit(site, "/announce")
    fill_in(page)
    page.get_by_label("In which town").fill("Nowhereville")
    page.get_by_role("button", name="Sign and announce").click()
    expect(page.get_by_role("alert")).to_contain_text("No place called 'Nowhereville'")
    expect(page.get_by_label("About", exact=True)).to_have_value("We take turns with a page each.")
    expect(page.get_by_label("Walk", exact=True)).to_be_checked()


def test_towns_are_suggested_and_bring_their_time_zone(site: Site, visit: Any) -> None:
    page = visit(site, "/announce")
    page.get_by_label("In which town").fill("Lisb")
    page.get_by_role("group", name="Towns").get_by_role("button", name="Lisbon").first.click()
    expect(page.get_by_label("In which town")).to_have_value("Lisbon, Portugal")
    expect(page.get_by_role("group", name="Towns").get_by_role("button")).to_have_count(0)
    expect(page.locator("#zone")).to_have_text("The time zone comes from the town: Europe/Lisbon.")


async def draft_of(service: Service) -> str:
    return service.store.choices.noted(DRAFT) or ""


def test_leaving_the_form_keeps_what_was_written(site: Site, visit: Any) -> None:
    page = visit(site, "/announce")
    page.get_by_label("What is it?").fill("Half a thought")
    page.goto(f"{site.address}/plan")
    until(
        lambda: "Half a thought" in site.call(draft_of)
    )  # it is sent while the page is being left
    page.goto(f"{site.address}/announce")
    expect(page.get_by_label("What is it?")).to_have_value("Half a thought")


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:1@example.org
DTSTART:20261201T180000Z
DTEND:20261201T200000Z
SUMMARY:Imported supper
LOCATION:Town hall
GEO:52.52;13.40
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_file_is_imported_and_its_events_are_listed(fresh: Site, visit: Any) -> None:
    page = visit(fresh, "/import")
    file = {
        "name": "town.ics",
        "mimeType": "text/calendar",
        "buffer": CALENDAR.replace("\n", "\r\n").encode(),
    }
    page.get_by_label("A file ending in .ics").set_input_files(file)
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_role("status")).to_contain_text("1 imported")
    page.goto(f"{fresh.address}/browse?order=title")
    expect(page.locator(".lines li b")).to_contain_text(
        ["Four hands", "Imported supper", "Lamp", "Learn", "Moths", "Soup"]
    )


def test_a_day_that_is_over_is_asked_about_when_postponing(fresh: Site, visit: Any) -> None:
    made = fresh.call(events.announce, EventForm(title="Soup", start="2026-12-01", near="Berlin"))
    page = visit(fresh, f"/change/{made['id']}")
    page.get_by_label("New day").fill("2026-11-01")
    page.get_by_role("button", name="Say that it is postponed").click()
    expect(page.get_by_role("alert")).to_contain_text("Sunday, 1 November 2026 is over.")
    page.get_by_role("button", name="Yes, that day").click()
    expect(page.get_by_role("status")).to_contain_text("That it is postponed is signed")
