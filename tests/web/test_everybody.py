"""The page for everybody: by keyboard, by screen reader, large, without JavaScript, in any
direction."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from potluck.node.language import locale as locales
from potluck.node.operations.draw import keep, today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import TableForm
from potluck.node.operations.service import Service
from potluck.node.operations.tables import tables
from potluck.protocol.announcement import Status
from tests.builders import NOW, host, signed
from tests.node.at_home import receive

from .conftest import DESKTOP, PHONE
from .site import LAMP, ROPE, SOUP, Site, a_hand, event, running
from .test_announcing import fill_in

PATHS = (
    "/ /plan /announce /mine /import /tables /node /node/checkup /home /settings /pair /welcome "
    "/receipts /dice /witness /browse /table?name=Ferry /table/hand?name=Ferry /nowhere"
).split()


TABLET = {"width": 760, "height": 1000}
LONG = (
    "Außerordentliche Hauptversammlung der Donaudampfschifffahrtsgesellschaftskapitänswitwen mit "
    "Kaffee und Kuchen"
)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A node that has been used: things kept, changed and cancelled, a long title, a table."""
    with running(tmp_path_factory.mktemp("home"), _lived_in) as site:
        yield site


async def _lived_in(service: Service) -> None:
    await a_hand(service)
    await time_passes(service)
    long = replace(event(3), title=LONG, lang="de")
    await receive(service, signed(host(3), slot=3, revision=1, issued_at=NOW, what=long))
    await tables.table_new(service, "Ferry", TableForm(near="Berlin", within=10, days=7))


async def time_passes(service: Service) -> None:
    """Three cards are kept; then one is cancelled, and one begins later."""
    filters = DrawForm.read(json.loads(service.store.choices.filters()["page"]))
    for card in (await today.draw(service, filters))["hand"]:
        if card["title"] in (SOUP, ROPE, LAMP):
            await keep.keep(service, card["id"])
    later = signed(host(1), slot=1, revision=1, issued_at=NOW, what=event(1, later=1800))
    flood = replace(event(2), about="Cancelled: The river is in the boathouse.")
    off = signed(host(2), slot=2, revision=1, issued_at=NOW, status=Status.CANCELLED, what=flood)
    await receive(service, later, off)


def every_path(page: Page, site: Site) -> list[str]:
    """All pages, those of one event and one receipt too."""
    card = page.locator(".hand h2 a").first.get_attribute("href") or ""
    receipt = page.get_by_role("link", name="Check this draw").get_attribute("href") or ""
    return [*PATHS, card, card.replace("card", "share"), receipt]


def test_axe_finds_nothing_on_any_page(lived_in: Site, visit: Any) -> None:
    page = visit(lived_in)
    assert violations(page, lived_in, every_path(page, lived_in)) == {}


def test_axe_finds_nothing_in_the_dark(lived_in: Site, visit: Any) -> None:
    page = visit(lived_in, color_scheme="dark")
    assert violations(page, lived_in, ["/", "/plan", "/announce", "/node"]) == {}


def test_every_page_is_there_in_german(lived_in: Site, visit: Any) -> None:
    page = visit(lived_in)
    paths = every_path(page, lived_in)
    asked = {"Accept-Language": "de-DE"}
    answers = {path: page.request.get(lived_in.address + path, headers=asked) for path in paths}
    assert {path for path, answer in answers.items() if answer.status != 200} == {"/nowhere"}
    assert [path for path, answer in answers.items() if 'lang="de-DE"' not in answer.text()] == []


def test_axe_would_find_something(lived_in: Site, visit: Any) -> None:
    page = visit(lived_in)
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == ["color-contrast"]


def violations(page: Page, site: Site, paths: list[str]) -> dict[tuple[str, str], list[str]]:
    """What axe finds, by page and rule."""
    found = {}
    for path in paths:
        page.goto(site.address + path)
        for violation in Axe().run(page).response["violations"]:
            found[path, violation["id"]] = [node["html"][:120] for node in violation["nodes"]]
    return found


@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP], ids=["phone", "tablet", "desktop"])
def test_nothing_is_wider_than_the_screen_with_text_at_twice_its_size_in_either_direction(
    lived_in: Site, visit: Any, size: Any
) -> None:
    page = visit(lived_in, viewport=size)
    for path in every_path(page, lived_in):
        page.goto(lived_in.address + path)
        for direction in ("ltr", "rtl"):
            page.evaluate(
                "dir => Object.assign(document.documentElement, {dir}).style.fontSize = '212.5%'",
                direction,
            )
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert (path, direction, max(0, wide)) == (path, direction, 0)


def test_targets_are_as_large_as_a_thumb(lived_in: Site, visit: Any) -> None:
    page = visit(lived_in)
    small = {}
    for path in every_path(page, lived_in):
        page.goto(lived_in.address + path)
        for name, height in page.evaluate(HEIGHTS):
            if 0 < height < 44:
                small[path, name] = height
    assert small == {}


# The link of a title covers its ticket, a checkbox has its label.
HEIGHTS = """() => Array.from(
  document.querySelectorAll("button, a:not(h2 a, h3 a), summary, select, textarea, "
    + "label:has(input), input:not([type=checkbox], [type=hidden])"),
  (one) => [one.textContent || one.name, one.getBoundingClientRect().height])"""


def test_a_hand_is_kept_and_read_by_keyboard_alone(visit: Any, tmp_path: Path) -> None:
    with running(tmp_path / "home", a_hand) as site:
        page = visit(site, viewport=DESKTOP)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(40):
            page.keyboard.press("Tab")
            if "Keep: " in (page.evaluate("document.activeElement.ariaLabel") or ""):
                break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        expect(page.locator(".kept")).to_have_count(1)
        page.locator(".kept h2 a").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Put back")).to_be_visible()


def test_everything_that_matters_works_without_javascript(visit: Any, tmp_path: Path) -> None:
    with running(tmp_path / "home", a_hand) as site:
        page = visit(site, java_script_enabled=False)
        page.get_by_role("button", name=f"Keep: {SOUP}").click()
        expect(page.locator(".kept h2")).to_have_text(SOUP)
        page.get_by_role("link", name="Check this draw").click()
        expect(page.locator("main")).to_contain_text(
            "This node dealt again from the same deck and seed: the same hand."
        )
        expect(page.get_by_role("button", name="Deal again in this browser")).to_have_count(0)
        page.goto(f"{site.address}/announce")
        fill_in(page)
        page.get_by_role("button", name="Keep as a draft").click()
        expect(page.locator("#p-title")).to_have_text("A slow walk, read aloud")
        page.get_by_role("button", name="Sign and announce").click()
        expect(page.get_by_role("status")).to_contain_text("Announced")
        page.goto(f"{site.address}/plan")
        expect(page.locator(".row h3")).to_have_text(SOUP)


def test_a_person_who_reads_german_reads_german(site: Site, visit: Any) -> None:
    page = visit(site, locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("Das Blatt von heute")
    expect(page.locator("html")).to_have_attribute("lang", "de-DE")
    soup = page.locator(".ticket", has_text=SOUP)
    expect(soup).to_contain_text("Morgen, sechs am Abend")
    expect(soup).to_contain_text("1,4 km nordwestlich")
    expect(soup).to_contain_text("1 von 5 Veranstaltern")


ARABIC = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Today’s hand"
msgstr "يد اليوم"
"""


def test_a_language_is_added_as_one_file_and_may_run_from_right_to_left(
    site: Site, visit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (locales.languages, locales.locale_of, locales._catalogue):
        each.cache_clear()
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    (tmp_path / "ar.po").write_text(ARABIC, "utf-8")
    page = visit(site, locale="ar-EG", viewport=DESKTOP)
    expect(page.get_by_role("heading", level=1)).to_have_text("يد اليوم")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    first, second = (page.locator(".hand > li").nth(at).bounding_box() for at in (0, 1))
    assert first["x"] > second["x"]
    for each in (locales.languages, locales.locale_of, locales._catalogue):
        each.cache_clear()


def test_a_hand_is_dealt_with_a_motion_once_and_without_any_if_none_is_wanted(
    tmp_path: Path, visit: Any
) -> None:
    moving = "getComputedStyle(document.querySelector('.hand > li')).animationName"
    with running(tmp_path / "home", a_hand) as site:
        page = visit(site, reduced_motion="no-preference")
        site.server.site.shown_hand = ""
        page.reload()
        assert page.evaluate(moving) == "deal"
        page.reload()
        assert page.evaluate(moving) == "none"
    with running(tmp_path / "other", a_hand) as site:
        assert visit(site, reduced_motion="reduce").evaluate(moving) == "none"


def test_the_first_hand_weighs_at_most_30_kilobytes_and_does_not_shift(
    tmp_path: Path, browser: Browser
) -> None:
    with running(tmp_path / "home", a_hand) as site:
        page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        page.goto(site.link())
        code, origin = page.locator("[name=code]").input_value(), {"Origin": site.address}
        page.request.post(
            f"{site.address}/enter", form={"code": code}, headers=origin, max_redirects=0
        )
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.send("Network.setCacheDisabled", {"cacheDisabled": True})
        weights: list[float] = []
        client.on(
            "Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"])
        )
        page.goto(site.address, wait_until="load")
        shifts = page.evaluate(
            "new Promise(done => new PerformanceObserver(list => done(list.getEntries().length))"
            ".observe({type: 'layout-shift', buffered: true}) || setTimeout(done, 300, 0))"
        )
        page.context.close()
    assert len(weights) >= 3
    assert sum(weights) <= 30_000
    assert shifts == 0
