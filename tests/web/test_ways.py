"""The first hour: an empty hand that says why, lists, a plan that says what changed, stale
buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from potluck.node.operations.announce import announce as events
from potluck.node.operations.draw import saved_filters, today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import EventForm, TableForm
from potluck.node.operations.service import Service
from potluck.node.operations.tables import tables
from potluck.protocol.announcement import Place, Status
from tests.builders import NOW, body, host, signed
from tests.node.at_home import clock_of, receive

from .site import CONFIG, LAMP, SOUP, TODAY, Site, a_hand, event, first_run, running

DAY, HOUR = 86_400, 3600
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def site(fresh: Site) -> Site:
    """A node of each test's own."""
    return fresh


async def filtered(service: Service) -> None:
    """What is asked for, nothing offers: it is free, quiet, and on a Monday."""
    await a_hand(service)
    form = DrawForm(near="Berlin", price="free", access={"quiet": ["yes"]}, weekdays=(0,))
    await saved_filters.save_filters(service, "page", form)


@SCRIPTS
def test_an_empty_hand_says_which_filter_hid_how_many_and_drops_one(
    tmp_path: Path, visit: Any, *, script: bool
) -> None:
    with running(tmp_path / "home", filtered) as site:
        page = visit(site, java_script_enabled=script)
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing left in the hat.")
        bill = page.locator(".hides")
        expect(bill).to_contain_text(re.compile(r"Costs more, or does not say\s+− 2"))
        expect(bill).to_contain_text(re.compile(r"Not said to offer the access you need\s+− 3"))
        expect(bill).to_contain_text("2 of them do not say.")
        page.get_by_role("button", name="Whatever the access 1 event").click()
        expect(page.locator(".hand h2")).to_have_text([LAMP])
        expect(page.locator("summary")).to_contain_text("free of charge, Monday")


def test_not_said_is_let_in_by_a_button_and_by_the_sheet(tmp_path: Path, visit: Any) -> None:
    with running(tmp_path / "home", filtered) as site:
        page = visit(site)
        page.get_by_role("button", name=re.compile("Let in “not said”")).click()
        expect(page.locator(".hand h2")).to_have_text([LAMP])
        expect(page.locator("summary")).to_contain_text("quiet, access not said, Monday")
        page.locator("summary").click()
        expect(page.get_by_label("or not said").last).to_be_checked()
        page.get_by_label("Monday").uncheck()
        page.get_by_role("button", name="Set, and deal with it").click()
        expect(page.locator("summary")).to_contain_text("quiet, access not said")


def test_sets_of_filters_are_counted_as_they_are_used_but_not_empty_or_alike(
    site: Site, visit: Any
) -> None:
    page = visit(site)

    def set_topics(topics: str) -> None:
        page.locator("summary").first.click()
        page.get_by_label("Only these topics").fill(topics)
        page.get_by_role("button", name="Set, and deal with it").click()

    for topics in ("Food, nature", "nature,food", "astrology"):
        set_topics(topics)
    page.locator("summary").first.click()
    expect(page.locator("details").first).to_contain_text("you have used 2.")
    page.get_by_label("Only these topics").fill("")
    page.get_by_label("Begins after").fill("18:00")
    page.get_by_role("button", name="Set, and deal with it").click()
    expect(page.locator("summary").first).to_contain_text("from 18:00 on")
    page.locator("summary").first.click()
    expect(page.get_by_label("Begins before")).to_have_value("")


def test_a_node_without_events_does_not_say_that_it_drew(tmp_path: Path, visit: Any) -> None:
    async def welcomed(service: Service) -> None:
        await service.store.choices.note("page.welcomed", "yes")

    with running(tmp_path / "home", welcomed) as site:
        page = visit(site)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your node holds no events yet.")
        expect(page.locator("main")).not_to_contain_text("Left to draw")


def test_why_a_card_was_not_dealt_is_read_from_the_receipt(site: Site, visit: Any) -> None:
    for number in range(10, 14):
        site.call(receive, signed(host(number), slot=number, what=event(number % 5 + 1)))
    page = visit(site)
    dealt = set(page.locator(".hand h2 a").evaluate_all("all => all.map(a => a.pathname)"))
    page.goto(f"{site.address}/browse")
    listed = page.locator(".lines a").evaluate_all("all => all.map(a => a.pathname)")
    left = next(path for path in listed if path not in dealt)
    page.goto(site.address + left)
    expect(page.locator("main")).to_contain_text("It was in the hat when your hand was dealt")
    late = signed(host(20), slot=20, issued_at=NOW + 60, what=event(1))
    site.call(receive, late)
    clock_of(site.service).seconds += 60
    page.goto(f"{site.address}/card/{late.id.hex()}")
    expect(page.locator("main")).to_contain_text("It was announced or changed after your hand")
    early = signed(host(21), slot=21, what=event(1))
    site.call(receive, early)
    page.goto(f"{site.address}/card/{early.id.hex()}")
    expect(page.locator("main")).to_contain_text("It was not in the hat when your hand was dealt")
    page.get_by_role("link", name="Check this draw").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check this draw")


def test_a_second_deal_at_a_table_says_that_it_leaves_the_common_hand(
    site: Site, visit: Any
) -> None:
    for number in range(10, 16):
        what = event(number % 5 + 1)
        site.call(receive, signed(host(number), slot=number, issued_at=TODAY - DAY, what=what))
    site.call(tables.table_new, "Ferry", TableForm(near="Berlin", within=10, days=7))
    page = visit(site, "/table/hand?name=Ferry")
    expect(page.locator("main")).to_contain_text("the others keep this one")
    page.get_by_role("button", name="Deal once more, alone").click()
    expect(page.locator("main")).to_contain_text("it left the hand that all at this table share")


def test_a_table_says_what_waits_for_its_tomorrow(site: Site, visit: Any) -> None:
    galway = Place("The pier", None, 53.27, -9.05)
    for number in range(10, 12):
        what = body(start=TODAY + 3 * DAY, place=galway)
        site.call(receive, signed(host(number), slot=number, issued_at=TODAY + HOUR, what=what))
    site.call(tables.table_new, "Pier", TableForm(near="Galway", within=10, days=7))
    page = visit(site, "/table/hand?name=Pier")
    expect(page.locator("main")).to_contain_text(
        "2 events were announced today, and are dealt from tomorrow."
    )


def test_lists_come_in_pages_by_day_and_are_searched(site: Site, visit: Any) -> None:
    for number in range(60):
        start = TODAY + (2 + number // 10) * DAY + 10 * HOUR + number
        place = Place("Café Krähe", None, 52.5, 13.4)
        what = body(f"Quiz {number:02}", start=start, tz="Europe/Berlin", place=place)
        site.call(receive, signed(host(30 + number), slot=1, what=what))
    page = visit(site, "/browse")
    expect(page.locator("h2.day").first).to_have_text("Thursday 19 November")
    expect(page.locator(".lines li")).to_have_count(50)
    page.get_by_role("link", name="The next page").click()
    expect(page.locator(".lines li")).to_have_count(15)
    page.get_by_role("link", name="From the beginning").click()
    expect(page.locator(".lines li").first).to_contain_text(SOUP)
    page.get_by_label("Words to look for").fill("krahe QUIZ 1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".lines li")).to_have_count(15)  # 01, 10 to 19, 21, 31, 41, 51
    page.get_by_label("Words to look for").fill("zeppelin")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main")).to_contain_text("Nothing here says all of these words.")
    page.goto(f"{site.address}/browse?after=nonsense")
    expect(page.locator("main")).to_contain_text("begin at its first page")


def test_own_events_come_before_imported_ones(site: Site, visit: Any) -> None:
    site.call(events.announce, EventForm(title="My walk", start="2026-12-05", near="Berlin"))
    page = visit(site, "/mine")
    expect(page.locator(".lines li b")).to_have_text(["My walk"])
    expect(page.get_by_role("heading", name="Saturday 5 December")).to_be_visible()
    page.get_by_role("link", name="My walk").click()
    page.get_by_role("link", name="Back to what you have announced").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you have announced")


def test_a_button_to_deal_again_under_an_older_hand_deals_nothing(site: Site, visit: Any) -> None:
    for number in range(10, 16):
        site.call(receive, signed(host(number), slot=number, what=event(number % 5 + 1)))
    page = visit(site)
    form = DrawForm(near="Berlin")
    site.call(_redraw, form)
    page.get_by_role("button", name="Deal once more").click()
    expect(page.get_by_role("status").first).to_contain_text("you have dealt again already")
    assert site.call(today.draw, form)["redraw"] == 1


async def _redraw(service: Service, form: DrawForm) -> None:
    await today.draw(service, form, redraw=True)


ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel) AppleWebKit/537.36 Chrome/150.0 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


@pytest.mark.parametrize(
    ("system", "address"),
    [
        (ANDROID, "geo:52.53,13.393?q=52.53%2C13.393"),
        (IPHONE, "https://maps.apple.com/?ll=52.53%2C13.393&q=The+Old+Rope+Works"),
        (LINUX, "https://www.openstreetmap.org/?mlat=52.53&mlon=13.393#map=16/52.53/13.393"),
    ],
    ids=["Android", "iOS", "desk"],
)
def test_a_map_opens_by_what_the_system_has(
    site: Site, visit: Any, system: str, address: str
) -> None:
    page = visit(site, user_agent=system)
    page.get_by_role("link", name=SOUP).click()
    expect(page.get_by_role("link", name="Open a map")).to_have_attribute("href", address)


def test_odds_hold_one_line_and_no_page_shows_hexadecimal_where_nothing_is_checked(
    site: Site, visit: Any
) -> None:
    page = visit(site)
    hexadecimal = re.compile(r"\b[0-9a-f]{6,}\b")
    for path in ("/", "/browse", "/plan", "/receipts"):
        page.goto(site.address + path)
        assert hexadecimal.findall(page.locator("main").inner_text()) == []
    page.goto(site.address)
    expect(page.locator(".hand .odds").first).to_have_text("1 of 5 organisers the yellow one")
    page.get_by_role("link", name=SOUP).click()
    assert hexadecimal.findall(page.locator("main").inner_text()) == []
    expect(page.locator("main")).to_contain_text("Not said: Sign language.")


def test_the_dates_of_a_series_are_shown_and_one_is_changed_alone(site: Site, visit: Any) -> None:
    for week in range(4):
        start = TODAY + (3 + 7 * week) * DAY + 19 * HOUR
        date = body("Choir", start=start, tz="Europe/Berlin", series="choir", place=None)
        site.call(receive, signed(host(40), slot=week, what=date))
    off = body("Choir", start=TODAY + 10 * DAY + 19 * HOUR, tz="Europe/Berlin", series="choir")
    site.call(receive, signed(host(40), slot=1, revision=1, status=Status.CANCELLED, what=off))
    page = visit(site, "/browse?everywhere=yes&q=choir")
    page.locator(".lines a").first.click()
    expect(page.locator("main")).to_contain_text("Every Saturday. 3 more dates are known here.")
    expect(page.locator(".lines li").first).to_contain_text("Cancelled")
    page.locator(".lines a").last.click()
    expect(page.locator(".when")).to_have_text("Saturday 12 December, eight in the evening")


def test_one_organiser_is_one(tmp_path: Path, visit: Any) -> None:
    async def one(service: Service) -> None:
        await receive(service, signed(host(1), slot=1, what=replace(event(1), lang="en")))
        await service.store.choices.note("page.welcomed", "yes")

    with running(tmp_path / "home", one) as site:
        page = visit(site)
        expect(page.locator(".lead")).to_contain_text(
            "One ticket out of the hat, from one organiser."
        )
        expect(page.locator(".odds")).to_contain_text("1 of 1 organiser")


def test_a_stranger_is_told_what_this_is_and_what_to_do(site: Site, visit: Any) -> None:
    page = visit(site)
    page.context.clear_cookies()
    page.goto(site.address)
    expect(page.locator("main")).to_contain_text("This is somebody’s own Potluck")
    assert "potluck open" not in page.locator("main").inner_text()


def test_the_page_advises_no_command(site: Site, visit: Any) -> None:
    page = visit(site, "/card/0000000000")
    expect(page.locator("main")).to_contain_text("No event here has an id that begins with 0000")
    for path in ("/card/0000000000", "/receipt/0000", "/table?name=none", "/change/0000000000"):
        page.goto(site.address + path)
        assert not re.search(r"\bpotluck [a-z]", page.locator("main").inner_text())


def test_a_tables_code_is_the_sites_and_the_members_one_is_a_sheet_of_its_own(
    tmp_path: Path, visit: Any
) -> None:
    base = "https://ferry.example"
    config = replace(CONFIG, site_table="Ferry", site_base=base)
    with running(tmp_path, first_run, config) as site:
        form = TableForm(near="Berlin", within=10, days=7)
        secret = site.call(tables.table_new, "Ferry", form)["link"]
        page = visit(site, "/table?name=Ferry")
        expect(page.locator("p.key")).to_have_text(base)
        assert secret not in page.content()
        codes = [page.locator("img.qr").get_attribute("src")]
        page.get_by_role("link", name="The members’ code").click()
        expect(page.locator("p.key")).to_have_text(secret)
        expect(page.get_by_text("It is not for a wall.")).to_be_visible()
        codes.append(page.locator("img.qr").get_attribute("src"))

    assert len(set(codes)) == 2
