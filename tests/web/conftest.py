"""One browser for all tests of the page; each test has its own context, as a person her own
browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import found_chromium

from .site import Site, a_hand, running

WITHOUT_FEATURES = (
    # A page that is closed while it goes elsewhere would never be gone, and its test hang:
    # https://github.com/microsoft/playwright/issues/42068
    "RenderDocument",
    # Playwright switches these off itself, but only the last list counts.
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    f"--disable-sync --no-first-run --disable-features={','.join(WITHOUT_FEATURES)}"
)
RULES = "MAP attacker.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
expect.set_options(timeout=30_000)  # a bound for what hangs; no test relies on how fast a page is


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, which finds no address but this machine's."""
    found = found_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=[*FLAGS.split(), f"--host-resolver-rules={RULES}"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A node with five events near."""
    with running(tmp_path_factory.mktemp("home"), a_hand) as site:
        yield site


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    """A node of this test's own."""
    with running(tmp_path / "home", a_hand) as site:
        yield site


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    """Come in with a browser of one's own; no page may complain on its console or call
    elsewhere.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def come_in(site: Site, path: str = "/", **how: Any) -> Page:
        context = browser.new_context(
            **({"viewport": PHONE, "locale": "en-GB", "reduced_motion": "reduce"} | how)
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", lambda message: _note_complaint(page.url, message.text, complaints))
        page.on("request", lambda request: _note_foreign(request.url, site, complaints))
        page.goto(site.link())
        page.locator("main form[action='/enter'] button").click()
        page.goto(site.address + path)
        return page

    yield come_in
    for context in contexts:
        context.close()
    assert complaints == []


def _note_complaint(url: str, text: str, complaints: list[str]) -> None:
    if not re.search(
        r"status of 4\d\d", text
    ):  # a refusal is a page like another, but Chromium notes it
        complaints.append(f"{url}: {text}")


def _note_foreign(url: str, site: Site, complaints: list[str]) -> None:
    if not url.startswith((site.address, "data:")):
        complaints.append(f"a request to {url}")
