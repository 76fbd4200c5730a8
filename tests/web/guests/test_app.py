"""A guest's evening with a phone, at a site without a node behind it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import icalendar
import pytest
from playwright.sync_api import Page, Route, expect

from potluck.protocol.announcement import DAY, Status
from tests.builders import NOW, host, signed

from .conftest import Served
from .town import TITLES, announced, event, said

Come = Callable[..., Page]
ROLLS = "3 1 6 2 5 4 4 1 6 2"


def deal(page: Page) -> list[str]:
    """Deal a hand of one's own; its titles."""
    page.goto(page.url.partition("#")[0] + "#mine")
    page.get_by_role("button", name="Deal 5").click()
    return titles(page)


def titles(page: Page) -> list[str]:
    page.locator(".hand .stub button").first.wait_for()  # the page without scripts has none
    return page.locator(".hand h2").all_inner_texts()


def test_a_hand_of_ones_own_is_the_same_at_every_look_that_day(town: Served, guest: Come) -> None:
    page = guest(town.address)
    first = deal(page)

    assert len(set(first)) == 5
    page.reload()
    assert titles(page) == first
    assert page.locator(".hand .odds b").all_inner_texts() == ["1 of 8"] * 5


def test_a_redraw_keeps_what_was_kept_and_there_is_one_a_day(town: Served, guest: Come) -> None:
    page = guest(town.address)
    first = deal(page)
    page.get_by_role("button", name=f"Keep: {first[1]}").click()
    expect(page.get_by_role("button", name=f"Put back: {first[1]}")).to_be_focused()
    page.get_by_role("button", name="Deal once more").click()
    page.locator(".hand h2", has_text=first[1]).wait_for()
    expect(page.locator(".hand h2")).to_have_count(4)

    assert set(titles(page)) & set(first) == {first[1]}
    assert page.get_by_role("button", name="Deal once more").count() == 0


def test_the_next_day_brings_other_events_until_the_hat_is_spent(town: Served, guest: Come) -> None:
    page = guest(town.address)
    first = deal(page)
    page.clock.set_fixed_time(NOW + DAY // 2)
    page.reload()
    second = deal(page)

    assert set(first) & set(second) == set()


def test_what_is_kept_stands_in_the_plan_and_leaves_it_as_a_calendar(
    town: Served, guest: Come
) -> None:
    page = guest(town.address)
    kept = deal(page)[0]
    page.get_by_role("button", name=f"Keep: {kept}").click()
    page.get_by_role("link", name="Plan").click()
    assert page.locator("main h3").inner_text() == kept
    with page.expect_download() as download:
        page.get_by_role("button", name="Save all as a calendar file").click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())

    assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == [kept]


def test_a_change_and_a_cancellation_show_in_the_plan_once_the_site_is_renewed(
    town: Served, guest: Come
) -> None:
    page = guest(town.address)
    first = deal(page)
    for title in first[:2]:
        page.get_by_role("button", name=f"Keep: {title}").click()
        page.get_by_role("button", name=f"Put back: {title}").wait_for()
    held = announced()
    announcements: list[Any] = [each.announcement for each in held]
    numbers = {each.body.title: each.slot for each in announcements}
    moved, off = numbers[first[0]], numbers[first[1]]
    held[moved - 1] = signed(
        host(moved), slot=moved, revision=1, what=event(moved, start=NOW + 3 * DAY, end=None)
    )
    held[off - 1] = signed(
        host(off), slot=off, revision=1, status=Status.CANCELLED, what=event(off)
    )
    town.publish(said(held))
    page.goto(town.address + "#plan")
    page.reload()

    expect(page.locator(".row", has_text=first[0]).locator("ins")).to_contain_text("12:06")
    expect(page.locator(".row", has_text=first[1]).locator(".band")).to_contain_text("Cancelled")


def test_dice_deal_step_by_step_and_leave_a_receipt_that_can_be_checked(
    town: Served, guest: Come
) -> None:
    page = guest(town.address + "#dice")
    page.get_by_label("Or type the ten numbers").fill(ROLLS)
    page.get_by_label("Or type the ten numbers").press("Tab")
    page.get_by_role("button", name="Watch it dealt").click()
    page.get_by_role("button", name="Next ticket").click()
    expect(page.locator(".dealt .ticket")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("Of 8 organisers still on the line, the key")
    page.get_by_role("button", name="Deal the rest").click()
    dealt = page.locator(".dealt .body > b").all_inner_texts()
    assert titles(page) == dealt

    page.goto(town.address + "#check")
    page.get_by_role("button", name="Deal it again").first.click()
    expect(page.get_by_text("The same hand: it follows")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the receipt").first.click()
    receipt = json.loads(download.value.path().read_bytes())
    assert receipt["origin"] == {"kind": "dice", "rolls": [int(roll) for roll in ROLLS.split()]}


def test_a_sentence_hides_and_says_how_many_and_an_empty_hat_offers_the_way_back(
    town: Served, guest: Come
) -> None:
    page = guest(town.address + "#mine")
    page.get_by_label("Price", exact=True).select_option("nothing")
    expect(page.locator(".says li", has_text="costing").locator(".hid")).to_have_text("− 3")
    page.get_by_label("Access", exact=True).select_option("quiet")
    page.get_by_label("If access is not said").select_option("and said to be so")
    expect(page.locator("h1")).to_have_text("Nothing left in the hat.")
    page.get_by_role("button", name="Let in “not said” 5 events").click()
    expect(page.locator(".sum")).to_contain_text("5 events")


def test_a_forged_ticket_is_thrown_away_and_the_hand_dealt_again(town: Served, guest: Come) -> None:
    held = announced(5)
    encoded = [each.encoded for each in held]
    encoded[0] = encoded[0][:-1] + bytes([encoded[0][-1] ^ 1])
    town.publish(said([]) | {"announcements": [b64encode(each).decode() for each in encoded]})
    page = guest(town.address)
    dealt = deal(page)

    expect(page.get_by_text("A ticket was thrown away")).to_be_visible()
    assert sorted(dealt) == sorted(TITLES[number] for number in range(2, 6))


def test_a_forged_cancellation_is_not_believed_of_what_is_kept_or_was_dealt(
    town: Served, guest: Come
) -> None:
    page = guest(town.address)
    kept = deal(page)[0]
    page.get_by_role("button", name=f"Keep: {kept}").click()
    page.get_by_role("button", name=f"Put back: {kept}").wait_for()
    off = [
        signed(host(number), slot=number, revision=1, status=Status.CANCELLED, what=event(number))
        for number in range(1, 9)
    ]
    forged = [each.encoded[:-1] + bytes([each.encoded[-1] ^ 1]) for each in off]
    town.publish(said([]) | {"announcements": [b64encode(each).decode() for each in forged]})
    for room, heading in (("#plan", "h3"), ("#mine", ".hand h2")):
        page.goto(town.address + room)
        page.reload()
        page.locator(heading, has_text=kept).wait_for()
        expect(page.get_by_text("A ticket was thrown away")).to_be_visible()
        assert page.get_by_text("Cancelled").count() == 0


def test_a_press_works_once_the_network_is_back(town: Served, guest: Come) -> None:
    gone = ["registration blocked", "ERR_FAILED"]
    page = guest(town.address + "#list", service_workers="block", expected=gone)
    page.route("**/drawing.js", lambda route: route.abort())
    page.evaluate("location.hash = '#mine'")
    press = page.get_by_role("button", name="Deal 5")
    press.click()
    expect(page.get_by_role("alert")).to_contain_text("could not be fetched")
    page.unroute_all()
    press.click()

    assert len(set(titles(page))) == 5


def test_what_opens_and_closes_says_which_it_does(town: Served, guest: Come) -> None:
    page = guest(town.address)
    deal(page)
    page.locator(".hand h2 a").first.click()
    summary = page.locator(".how summary")
    said = [summary.evaluate("one => getComputedStyle(one, '::after').content")]
    summary.click()
    said.append(summary.evaluate("one => getComputedStyle(one, '::after').content"))

    assert said == ['"Show"', '"Close"']


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda part: part[:-9], "came damaged or cut off"),
        (None, "could not be fetched"),
    ],
)
def test_a_deck_that_is_cut_off_or_gone_deals_nothing_and_says_so(
    town: Served, guest: Come, broken: Callable[[bytes], bytes] | None, words: str
) -> None:
    (part,) = (town.folder / "deck").iterdir()
    if broken:
        part.write_bytes(broken(part.read_bytes()))
    else:
        part.unlink()
    page = guest(town.address, expected=["404"])

    expect(page.get_by_role("alert")).to_contain_text(words)
    assert page.get_by_role("button", name="Deal 5").count() == 0


@pytest.mark.parametrize("kind", ["site.json", "words"])
def test_a_network_that_answers_itself_is_taken_for_no_connection(
    town: Served, guest: Come, kind: str
) -> None:
    site = town.folder / "site.json"
    file = (
        site
        if kind == "site.json"
        else town.folder / json.loads(site.read_bytes())["languages"]["en"]
    )
    file.write_text("<h1>Accept our terms to go online</h1>")
    page = guest(town.address)

    expect(page.get_by_role("alert")).to_contain_text("could not be fetched")


def test_the_deck_of_another_network_deals_nothing_and_says_so(town: Served, guest: Come) -> None:
    site = json.loads((town.folder / "site.json").read_bytes())
    (town.folder / "site.json").write_text(json.dumps(site | {"network": "00" * 16}))
    page = guest(town.address)

    expect(page.get_by_role("alert")).to_contain_text("of another network")


def test_a_wrong_clock_is_said(town: Served, guest: Come) -> None:
    page = guest(town.address, now=NOW + DAY)
    expect(page.get_by_role("alert")).to_contain_text("clock is 24 hours ahead")
    other = guest(town.address, now=NOW - DAY)
    expect(other.get_by_role("alert")).to_contain_text("clock is 24 hours behind")


def test_what_was_kept_is_exported_erased_and_put_back(
    town: Served, guest: Come, tmp_path: Path
) -> None:
    page = guest(town.address)
    kept = deal(page)[0]
    page.get_by_role("button", name=f"Keep: {kept}").click()
    page.goto(town.address + "#about")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save it as a file").click()
    file = tmp_path / "guest.json"
    download.value.save_as(file)
    page.get_by_role("button", name="Erase it all").click()
    page.get_by_role("link", name="Plan").click()
    expect(page.locator("h1")).to_have_text("Nothing kept yet")
    page.get_by_role("link", name="About").click()
    page.get_by_label("Put back a saved file").set_input_files(file)
    expect(page.get_by_role("status")).to_have_text("It is back.")
    page.get_by_role("link", name="Plan").click()
    expect(page.locator("main h3")).to_have_text(kept)


def test_two_tabs_deal_one_hand(town: Served, guest: Come) -> None:
    page = guest(town.address)
    other = page.context.new_page()
    other.clock.set_fixed_time(NOW)
    other.goto(town.address + "#mine")
    other.get_by_role("button", name="Deal 5").wait_for()
    first = deal(page)
    assert titles(other) == first


def test_a_view_that_comes_late_does_not_take_the_place_of_a_later_one(
    town: Served, guest: Come
) -> None:
    page = guest(town.address, service_workers="block", expected=["registration blocked"])
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/list.js", hold)
    with page.expect_request("**/list.js"):
        page.evaluate("location.hash = '#list'")
    page.goto(town.address + "#about")
    expect(page.locator("h1")).to_have_text("About this site")
    held[0].continue_()
    page.evaluate("import(document.querySelector('script').src.replace('app.js', 'list.js'))")

    expect(page.locator("h1")).to_have_text("About this site")
    expect(page.locator(".top nav [aria-current]")).to_have_text("About us")


def test_an_address_shared_with_others_keeps_nothing(town: Served, guest: Come) -> None:
    town.publish(said(announced(), own_origin=False))
    page = guest(town.address)
    kept = deal(page)[0]
    page.get_by_role("button", name=f"Keep: {kept}").click()
    expect(page.get_by_text("lasts until this page is closed")).to_be_visible()

    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []


def test_over_plain_http_all_works_but_offline(town: Served, guest: Come) -> None:
    page = guest(f"http://attacker.test:{town.port}/")
    assert not page.evaluate("isSecureContext")
    assert len(deal(page)) == 5


def test_a_blank_ticket_becomes_a_file_that_an_import_reads(town: Served, guest: Come) -> None:
    page = guest(town.address + "#bring")
    for label, words in (
        ("Who organises it?", "The Slow Readers"), ("What is it?", "A slow walk; read aloud"),
        ("Which day?", "2026-11-21"), ("From", "15:00"), ("Where?", "Chapel Steps"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Where?").press("Tab")
    expect(page.get_by_role("img", name="QR code that holds the ticket")).to_be_visible()
    over = page.get_by_text("That day is over.")
    expect(over).to_be_hidden()
    for day, named in (("2026-11-17", "Tuesday%2017%20November%2C"), ("2027-11-21", "2027%2C")):
        page.get_by_label("Which day?").fill(day)
        page.get_by_label("Where?").press("Tab")
        mail = page.get_by_role("link", name="Write the mail")
        expect(mail).to_have_attribute("href", re.compile(named))
        expect(over).to_be_visible(visible=day < "2027")
    page.get_by_label("Which day?").fill("2026-11-21")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the ticket").click()
    (ticket,) = icalendar.Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")

    assert str(ticket["SUMMARY"]) == "A slow walk; read aloud"
    assert ticket.get("ORGANIZER").params["CN"] == "The Slow Readers"
    assert ticket.decoded("DTSTART").isoformat() == "2026-11-21T14:00:00+00:00"


def test_it_is_said_from_where_distances_are(town: Served, guest: Come) -> None:
    here = {"latitude": 52.6, "longitude": 13.405}
    page = guest(town.address, geolocation=here, permissions=["geolocation"])
    page.goto(town.address + "#mine")
    page.get_by_label("From where").select_option("where I am")
    expect(page.get_by_label("From where")).to_have_value("where I am")
    deal(page)
    expect(page.locator(".asof")).to_contain_text("from where this device was when you set it")
    page.get_by_label("From where").select_option("the Ferry House")
    expect(page.locator(".asof")).to_contain_text("from the Ferry House")


def test_a_topic_is_in_the_guests_words_though_nothing_is_left_of_it(
    town: Served, guest: Come
) -> None:
    page = guest(town.address + "#mine", locale="de-DE")
    page.get_by_label("Thema").select_option("Musik")
    expect(page.locator(".sum")).to_contain_text("2 Veranstalter")
    town.publish(said([signed(host(1), slot=1, what=event(1, topics=("food",)))]))
    page.reload()
    expect(page.locator(".hides")).to_contain_text("Thema Musik")
    page.get_by_role("link", name="Fünf Würfel").click()
    expect(page.get_by_label("Thema")).to_have_value("Musik")


def test_who_is_elsewhere_is_told_the_zone(town: Served, guest: Come) -> None:
    for zone, time in (("Europe/Berlin", "12:06."), ("America/New_York", "12:06 UTC+1.")):
        page = guest(town.address + "#mine", timezone_id=zone)
        deal(page)
        expect(page.locator(".asof")).to_contain_text(f"As of Wednesday 18 November, {time}")
        page.locator(".hand h2 a").first.click()
        expect(page.locator(".who")).to_contain_text(f"Said on Wednesday 18 November, {time}")


def test_a_card_and_a_rolled_hand_say_from_where_distances_are(town: Served, guest: Come) -> None:
    page = guest(town.address + "#dice")
    page.get_by_label("Or type the ten numbers").fill(ROLLS)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Watch it dealt").click()
    page.get_by_role("button", name="Deal the rest").click()
    expect(page.locator(".asof")).to_contain_text("Distances are from the Ferry House")
    page.locator(".hand h2 a").first.click()
    expect(page.locator(".programme")).to_contain_text("Distances are from the Ferry House")


def test_a_site_without_a_table_has_no_table_to_check(town: Served, guest: Come) -> None:
    page = guest(town.address + "#check")
    expect(page.get_by_role("heading", name="Your own hands")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("table")
