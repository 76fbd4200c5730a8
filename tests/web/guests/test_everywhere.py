"""What holds in every view of a site: for whom, with which requests, and without a network."""

from __future__ import annotations

import base64
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat as Form
from playwright.sync_api import Browser, BrowserType, Page, Request, expect

from potluck.node.web.site.poster import poster
from tests.browser import found_chromium
from tests.builders import NOW, host, signed, source
from tests.web.conftest import FLAGS, PHONE

from .conftest import Served, on_a_server
from .test_app import ROLLS, Come, deal, titles
from .test_hands import with_a_tables_hand
from .town import event, said

HEADINGS: dict[str, str | re.Pattern[str]] = {
    "": "Today’s hand", "#mine": "My own hand", "#dice": "Five dice",
    "#plan": re.compile("Your plan|Nothing kept yet"), "#list": "The whole list",
    "#bring": "Bring one", "#about": "About this site", "#check": "Check it",
}  # fmt: skip
BEGINNINGS = {"card": "#mine", "versions": "#list", "dealt": "#dice", "empty": "#mine"}
VIEWS = (*HEADINGS, *BEGINNINGS)


def look(page: Page, town: Served, view: str) -> None:
    """Come to a view: of the app by its hash, or by what one does there.

    The document shows a page of its own until the app has started, and the app the view before
    until the next is ready: the heading says that it is there.
    """
    begin = BEGINNINGS.get(view, view)
    page.goto(town.address + begin)
    page.get_by_role("heading", level=1, name=HEADINGS[begin]).wait_for()
    if view == "card":
        page.locator(".hand h2 a").first.click()
        page.locator(".programme").wait_for()
        page.locator("summary").click()
    elif view == "versions":
        page.get_by_role("link", name="Told twice").click()
        page.locator(".versions").wait_for()
    elif view == "dealt":
        roll(page)
        page.get_by_role("button", name="Deal the rest").click()
        page.locator(".hand h2").first.wait_for()
    elif view == "empty":
        page.get_by_label("Access", exact=True).select_option("quiet")
        page.get_by_label("If access is not said").select_option("and said to be so")
        page.get_by_text("Nothing left in the hat.").wait_for()


def roll(page: Page) -> None:
    """Type what two throws showed, and have it dealt."""
    page.get_by_label("Or type the ten numbers").fill(ROLLS)
    page.get_by_label("Or type the ten numbers").press("Tab")
    page.get_by_role("button", name="Watch it dealt").click()


SPILT = """[...document.querySelectorAll(".ways a, .top-line")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"""


@pytest.fixture
def house(town: Served) -> Served:
    """The town's site with a hand of its table, and an event that two calendars tell otherwise."""
    two = [
        signed(
            host(each),
            slot=9,
            what=event(
                1,
                title="Told twice",
                start=NOW + each * 90_000,
                end=None,
                source=source("The Slow Readers", host(each)),
            ),
        )
        for each in (1, 2)
    ]
    made = with_a_tables_hand()
    more = said(two)["announcements"]
    town.publish(made | {"announcements": made["announcements"] + more})
    return town


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_can_be_used_by_everybody(house: Served, guest: Come, scheme: str) -> None:
    page = guest(house.address, color_scheme=scheme)
    deal(page)
    for view in VIEWS:
        look(page, house, view)
        assert (view, _violations(page)) == (view, [])
    page = guest(house.address, color_scheme=scheme, java_script_enabled=True)
    for path in _plain(house):
        page.goto(house.address + path)
        assert (path, _violations(page)) == (path, [])


def _violations(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def _plain(house: Served) -> list[str]:
    """Pages that need no script."""
    (first, *_) = sorted((house.folder / "event").glob("*.html"))
    return ["list.html", "about.html", f"event/{first.name}"]


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_scrolls_sideways_with_text_at_twice_its_size(
    house: Served, guest: Come, width: int
) -> None:
    page = guest(house.address, viewport={"width": width, "height": 640})
    deal(page)
    for view in VIEWS:
        look(page, house, view)
        assert (view, _too_wide(page)) == (view, 0)
    for path in _plain(house):
        page.goto(house.address + path)
        assert (path, _too_wide(page)) == (path, 0)


@pytest.mark.parametrize("width", [320, 390])
def test_german_words_stay_in_their_boxes_at_twice_their_size(
    house: Served, guest: Come, width: int
) -> None:
    page = guest(house.address + "#mine", locale="de", viewport={"width": width, "height": 640})
    page.locator(".do").wait_for()
    assert _too_wide(page) == 0
    assert page.evaluate(SPILT) == []


def test_where_there_are_two_ways_they_share_the_room(town: Served, guest: Come) -> None:
    page = guest(town.address)
    ends = "one => one.getBoundingClientRect().right"
    room, last = (page.locator(each).evaluate(ends) for each in (".ways", ".ways a >> nth=1"))
    assert last == pytest.approx(room, abs=2)


def _too_wide(page: Page) -> int:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_dice_are_rolled_and_watched_by_the_keyboard_alone(house: Served, guest: Come) -> None:
    page = guest(house.address + "#dice")
    _tab_to(page, page.get_by_label("Or type the ten numbers"))
    page.keyboard.type(ROLLS)
    page.keyboard.press("Tab")
    _press(page, "Watch it dealt")
    _press(page, "Next ticket")
    _press(page, "Deal the rest")
    kept = titles(page)[0]
    _press(page, f"Keep: {kept}")
    expect(page.get_by_role("button", name=f"Put back: {kept}")).to_be_visible()


def _press(page: Page, name: str) -> None:
    _tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def _tab_to(page: Page, there: Any) -> None:
    there.wait_for()
    for _ in range(80):
        if there.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(there)


def test_nothing_leaves_the_browser_but_gets_of_the_sites_files(house: Served, guest: Come) -> None:
    left: list[Request] = []

    def note(request: Request) -> None:
        left.append(request)

    page = guest(house.address, left=note)
    first = deal(page)
    page.get_by_role("button", name=f"Keep: {first[0]}").click()
    page.get_by_role("button", name="Deal once more").click()
    for view in VIEWS:
        look(page, house, view)
    page.goto(house.address + "#plan")
    with page.expect_download():
        page.get_by_role("button", name="Save all as a calendar file").click()
    page.goto(house.address + "#check")
    page.get_by_role("button", name="Deal it again").first.click()
    page.get_by_text("The same hand: it follows").wait_for()

    web = [each for each in left if not each.url.startswith("blob:")]
    assert {(each.method, each.post_data) for each in web} == {("GET", None)}
    assert all(each.url.startswith(house.address) for each in web)
    names = {str(path.relative_to(house.folder)) for path in house.folder.rglob("*")}
    asked = {each.url.removeprefix(house.address).partition("#")[0] or "index.html" for each in web}
    assert asked <= names, "and no question mark with anything behind it"
    site = json.loads((house.folder / "site.json").read_bytes())
    assert {part["file"] for part in site["deck"]} <= asked
    assert not {path for path in asked if path.startswith("event/")}


@contextmanager
def trusting(browser_type: BrowserType, folder: Path) -> Iterator[tuple[Browser, ssl.SSLContext]]:
    """A certificate for this machine, and a browser that trusts its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a café")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, SHA256())
    )
    file = folder / "key.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    public = key.public_key().public_bytes(Encoding.DER, Form.SubjectPublicKeyInfo)
    known = base64.b64encode(sha256(public).digest()).decode()
    flags = [*FLAGS.split(), f"--ignore-certificate-errors-spki-list={known}"]
    browser = browser_type.launch(executable_path=found_chromium(), args=flags)
    try:
        yield browser, tls
    finally:
        browser.close()


def test_all_is_there_offline_after_one_visit_by_https(browser: Browser, tmp_path: Path) -> None:
    with (
        trusting(browser.browser_type, tmp_path) as (trusted, tls),
        on_a_server(tmp_path / "site", tls) as house,
    ):
        house.publish(with_a_tables_hand())
        page = trusted.new_page(viewport=PHONE, locale="en-GB", timezone_id="Europe/Berlin")  # type: ignore[arg-type]
        page.clock.set_fixed_time(NOW)
        page.goto(house.address)
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        house.stop()
        page.reload()
        tables = titles(page)
        mine = deal(page)
        page.get_by_role("button", name=f"Keep: {mine[0]}").click()
        page.goto(house.address + "#dice")
        roll(page)
        page.get_by_role("button", name="Deal the rest").click()
        diced = titles(page)
        page.get_by_role("link", name="Plan").click()
        expect(page.locator("main h3")).to_have_text(mine[0])
        page.goto(house.address + "#check")
        page.get_by_role("button", name="Deal it again").first.click()
        expect(page.get_by_role("alert")).to_contain_text("could not be fetched")
        page.get_by_role("button", name="Deal it again").nth(1).click()
        page.get_by_text("The same hand: it follows").wait_for()

    assert (len(tables), len(mine), len(diced)) == (5, 5, 5)


def test_a_poster_can_be_read_by_everybody_and_is_one_sheet(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "poster.html"
    file.write_bytes(poster(with_a_tables_hand(base="https://ferry.example/")))
    page = browser.new_page()
    page.goto(file.as_uri())
    found = _violations(page)
    sheet = page.pdf(prefer_css_page_size=True)
    page.close()

    assert found == []
    assert sheet.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 420" in sheet or b"/MediaBox [0 0 419" in sheet
