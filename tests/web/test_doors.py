"""Attacks on the page with a real browser, each with the owner's cookie within reach."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from potluck.node.operations.draw import keep
from potluck.node.operations.forms import TableForm
from potluck.node.operations.tables import tables
from potluck.protocol.announcement import Place
from tests.builders import NOW, body, host, signed, source
from tests.node.at_home import clock_of, receive

from .conftest import PHONE
from .site import SOUP, Site, a_hand, at_loopback, running

ATTACK = """<!doctype html><title>attack</title>
<form method="post" action="{target}/settings/bag" target="inside"><button>Win a
prize</button></form> <iframe name="inside"></iframe>
<script>
const target = "{target}";
window.tried = (async () => {{
  const read = (how) => fetch(target + "/plan", how).then((answer) => answer.text(), () =>
  "blocked"); const socket = (path) => new Promise((done) => {{
    const it = new WebSocket(target.replace("http", "ws") + path);
    it.onopen = () => done("open");
    it.onclose = (event) => done("closed");
  }});
  return [await read({{credentials: "include"}}), await read({{mode: "no-cors", credentials:
  "include"}}), await read({{method: "POST", mode: "no-cors", credentials: "include"}}), await
  socket("/")]; }})();
</script>
"""


@contextmanager
def attacker(target: str) -> Iterator[int]:
    """Another web server on this machine, with a page that attacks; its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            link = f'<a href="{self.path.partition("?")[2]}">Come in</a>'
            self.wfile.write((link + ATTACK.format(target=target)).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def enter(browser: Browser, site: Site) -> Page:
    """A browser let in, of which complaints are expected."""
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(10_000)
    page.goto(site.link())
    page.get_by_role("button", name="Continue").click()
    return page


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "attacker.test"])
def test_a_page_on_another_port_or_name_changes_reads_and_connects_nothing(
    browser: Browser, site: Site, name: str
) -> None:
    page = enter(browser, site)
    with attacker(site.address) as port:
        page.goto(f"http://{name}:{port}/")
        read, opaque, sent, socket = page.evaluate("window.tried")
        with page.expect_response("**/settings/bag") as posted:
            page.get_by_role("button", name="Win a prize").click()
    assert (read, socket) == ("blocked", "closed")
    assert opaque in ("", "blocked")
    assert sent in ("", "blocked")
    assert posted.value.status == 403
    page.context.close()


def test_a_name_that_was_rebound_to_this_machine_is_not_answered(
    browser: Browser, site: Site
) -> None:
    page = enter(browser, site)
    answer = page.goto(site.address.replace("127.0.0.1", "attacker.test"))
    assert answer is not None
    assert answer.status == 421
    expect(page.get_by_role("heading", level=1)).to_have_text("Not this door")
    page.context.close()


def test_used_expired_and_stolen_links_do_not_open(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "home", a_hand) as site:
        used, late = site.link(), site.link()
        owner, thief = browser.new_context().new_page(), browser.new_context().new_page()
        owner.goto(used)
        owner.get_by_role("button", name="Continue").click()
        answer = thief.goto(used)
        assert answer is not None
        assert answer.status == 401
        expect(thief.get_by_role("heading", level=1)).to_have_text(
            "This link does not open any more"
        )
        assert thief.context.cookies() == []
        clock_of(site.service).seconds += 3601
        answer = thief.goto(late)
        assert answer is not None
        assert answer.status == 401
        owner.goto(used)  # the owner's own second click is harmless
        expect(owner.get_by_role("link", name="Continue")).to_be_visible()
        (cookie,) = owner.context.cookies()
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        for page in (owner, thief):
            page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_link_followed_from_another_site_lets_in(
    browser: Browser, site: Site, *, script: bool
) -> None:
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=script,
    )
    page = context.new_page()
    with attacker(site.address) as port:
        page.goto(f"http://attacker.test:{port}/?{site.link()}")
        page.get_by_role("link", name="Come in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Come in")
    if script:
        assert Axe().run(page).response["violations"] == []
    assert context.cookies() == []
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today’s hand")
    context.close()


def test_a_session_that_is_ended_is_out_at_once(browser: Browser, site: Site) -> None:
    page, other = enter(browser, site), enter(browser, site)
    page.goto(f"{site.address}/settings")
    mine = page.locator("li", has_text="this one")
    expect(mine).to_have_count(1)
    session = mine.locator("input").get_attribute("value")
    other.goto(f"{site.address}/settings")
    other.locator(f'form:has(input[value="{session}"]) button').click()
    answer = page.goto(site.address)
    assert answer is not None
    assert answer.status == 401
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This node does not know your browser"
    )
    page.go_back()  # what was shown before is not kept by the browser
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This node does not know your browser"
    )
    for each in (page, other):
        each.context.close()


def test_a_phone_gets_in_by_the_door_with_fewer_rights_until_it_is_closed(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_loopback(monkeypatch)
    with running(tmp_path / "home", a_hand) as site:
        owner = enter(browser, site)
        owner.goto(f"{site.address}/pair")
        owner.get_by_role("button", name="Open the door").click()
        link = owner.locator(".key").inner_text()
        expect(owner.get_by_role("region", name="Open door")).to_contain_text("not encrypted")
        door = link.partition("/enter")[0]

        phone = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        phone.goto(link)
        phone.get_by_role("button", name="Continue").click()
        phone.get_by_role("button", name=f"Keep: {SOUP}").click()
        expect(phone.get_by_role("button", name=f"Put back: {SOUP}")).to_be_visible()
        assert [event["title"] for event in site.call(keep.kept)] == [SOUP]
        expect(phone.get_by_role("navigation").get_by_role("link")).to_have_text(
            ["Draw", "Plan", "Tables"]
        )
        phone.locator("summary").first.click()
        phone.get_by_label("How far").select_option("2")
        phone.get_by_role("button", name="Set, and deal with it").click()
        expect(phone.locator("summary").first).to_contain_text("Within 1.2 mi of Berlin")
        assert phone.request.get(f"{door}/tables").ok
        for path in (
            "/announce",
            "/settings",
            "/node",
            "/pair",
            "/home",
            "/export/events.json",
            "/api/v1/status",
            "/import",
        ):
            assert phone.request.get(door + path).status == 404

        token = {"Authorization": f"Bearer {site.service.home.api_token.hex()}"}
        stranger = browser.new_context().request
        assert stranger.get(door, headers=token).status == 401
        owner.get_by_role("button", name="Close the door").click()
        expect(owner.get_by_role("region", name="Open door")).to_have_count(0)
        with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
            phone.goto(door)
        for each in (owner, phone):
            each.context.close()


def test_every_link_that_a_phone_is_shown_leads_somewhere(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_loopback(monkeypatch)
    with running(tmp_path / "home", a_hand) as site:
        site.call(tables.table_new, "Ferry & co", TableForm(near="Berlin"))
        link = site.call(lambda _: site.server.open())
        phone = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        phone.goto(link)
        phone.get_by_role("button", name="Continue").click()
        phone.get_by_role("button", name=f"Keep: {SOUP}").wait_for()
        door, seen, left = link.partition("/enter")[0], set[str](), {"/"}
        while left:
            path = left.pop()
            seen.add(path)
            answer = phone.request.get(door + path)
            assert answer.ok, path
            if "html" in answer.headers["content-type"]:
                links = map(unescape, re.findall(r'href="(/[^"#]*)', answer.text()))
                left |= {each for each in links if not each.startswith("/static/")} - seen
        assert seen > {"/", "/plan", "/tables", "/browse", "/receipts"}

        phone.locator("summary").first.click()
        phone.get_by_label("Only from people you have met").check()
        phone.get_by_role("button", name="Set, and deal with it").click()
        expect(phone.locator("main")).to_contain_text("You vouch for nobody yet")
        phone.locator("summary").first.click()
        phone.get_by_label("Only from people you have met").uncheck()
        phone.context.close()


CORPUS = (
    "<script>window.hit=1</script>",
    '"><img src=x onerror=window.hit=1>',
    "'-window.hit=1-'",
    "{{7*7}}<svg/onload=window.hit=1>",
    "</title></textarea><b>x",
    "%(num)s &lt;i&gt; javascript:hit=1",
)


async def _hostile(service: Any) -> None:
    await a_hand(service)
    for number, text in enumerate(CORPUS, 50):
        what = body(
            text,
            start=NOW + 3600 * number,
            place=Place(text, text, 52.52, 13.405),
            about=text,
            topics=(text,),
            price=text,
            series=text,
            source=source(text, host(number), name=text) if number % 2 else None,
            access={"wheelchair": True},
            lang="en",
        )
        await receive(service, signed(host(number), slot=number, what=what))


def test_whatever_a_stranger_writes_shows_as_text(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "home", _hostile) as site:
        page = enter(browser, site)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        paths = ["/browse", "/"]
        page.goto(f"{site.address}/browse")
        cards = [link.get_attribute("href") or "" for link in page.locator(".lines a").all()]
        assert len(cards) == 5 + len(CORPUS)
        ours = [path for path in cards if _is_hostile(page, path)]
        assert len(ours) == len(CORPUS)
        for path in [*paths, *ours, ours[0].replace("card", "share")]:
            page.goto(site.address + path)
            assert page.evaluate("window.hit") is None
            assert page.locator("main script, main img[src=x], main b:text-is('x')").count() == 0
        page.context.close()


def _is_hostile(page: Page, path: str) -> bool:
    text = page.locator(f'a[href="{path}"] b').inner_text()
    return any(text == each for each in CORPUS)
