"""The pictures of the documents, taken anew at each run: `make pictures`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from rich.text import Text

from potluck.cli.__main__ import cli
from potluck.cli.client import Client
from potluck.cli.demo import TOWN
from potluck.node.calendars.sample import sample_calendar
from potluck.node.home.home import Home
from tests.cli.conftest import NOW, Person, someone

from .conftest import PHONE
from .guests.conftest import on_a_server
from .site import CONFIG, SOUP, a_hand, running
from .test_announcing import fill_in
from .test_everybody import time_passes

SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
TERMINAL = """<style>
body {{ margin: 0; padding: 18px; background: #14181d; }}
pre {{ margin: 0; font: 13px/1.4 monospace; color: #d8dee4; }}
</style><pre>{code}</pre>"""

ID = r"(?<=· )[0-9a-f]{8}\b"

__all__ = ["someone"]


def test_pictures_for_the_documents_are_taken(tmp_path: Path, browser: Browser) -> None:
    home = tmp_path / "home"
    Home.create(home, CONFIG)
    (home / "draw.secret").write_bytes(b"the same hand in every picture!!")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with running(home, a_hand) as site:
        context = browser.new_context(viewport=PHONE, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(site.link())
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("link", name=SOUP)).to_be_visible()
        _take(page, "draw")
        soup = page.get_by_role("link", name=SOUP).get_attribute("href") or ""
        page.goto(site.address + soup)
        _take(page, "card")
        site.call(time_passes)
        page.goto(f"{site.address}/plan")
        _take(page, "plan")
        page.goto(f"{site.address}/announce")
        fill_in(page)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        _take(page, "announce")
        context.close()


def test_the_picture_of_a_hand_in_a_terminal_is_taken(
    tmp_path: Path, browser: Browser, someone: Callable[[str], Person]
) -> None:
    ada = _with_the_town(someone, tmp_path)
    (ada.home / "draw.secret").write_bytes(b"the same hand in every picture!!")
    shown = (
        CliRunner().invoke(cli, ["--home", str(ada.home), "draw", "--hand", "3"], color=True).stdout
    )
    # Ids are of the moment of announcing, and a picture changes only when what it shows does.
    shown = re.sub(r"\b[0-9a-f]{12}\b", "51eb50d1f00d", re.sub(ID, "51eb50d1", shown))
    console = Console(record=True, width=90, file=StringIO())
    console.print(Text.from_ansi(f"\x1b[2m$\x1b[0m potluck draw --hand 3\n{shown}"))
    html = console.export_html(inline_styles=True, code_format=TERMINAL)

    page = browser.new_page(viewport={"width": 730, "height": 400}, device_scale_factor=1)
    page.set_content(html)
    taken = page.screenshot(full_page=True)
    page.close()

    assert ": 3 cards out of" in shown
    _keep(taken, SCREENSHOTS / "hand.png")


def test_the_picture_of_a_site_is_taken(
    tmp_path: Path, browser: Browser, someone: Callable[[str], Person]
) -> None:
    said = Client(str(_with_the_town(someone, tmp_path).home)).call("edition", form=TOWN)
    with on_a_server(tmp_path / "site") as served:
        served.publish(said)
        context = browser.new_context(viewport=PHONE, locale="en-GB", timezone_id=said["tz"])  # type: ignore[arg-type]
        page = context.new_page()
        page.clock.set_fixed_time(datetime.fromisoformat(NOW))
        page.add_init_script("crypto.getRandomValues = (bytes) => bytes.fill(7)")
        page.goto(f"{served.address}#mine")
        page.get_by_role("button", name="Deal 5").press("Enter")
        expect(page.locator(".hand li")).to_have_count(5)
        page.evaluate("document.querySelector('main h2').scrollIntoView()")
        _take(page, "site")
        context.close()


def _with_the_town(someone: Callable[[str], Person], folder: Path) -> Person:
    """Somebody who has imported the invented town."""
    ada, town = someone("ada"), folder / "town.ics"
    town.write_bytes(sample_calendar(datetime.fromisoformat(NOW).astimezone(UTC).date()))
    ada.says("import", str(town))
    return ada


def _take(page: Page, name: str) -> None:
    _keep(page.screenshot(), SCREENSHOTS / f"{name}.png")


def _keep(taken: bytes, file: Path) -> None:
    """Write a picture, unless the one that is there is the same."""
    assert len(taken) < 100_000
    if not file.exists() or file.read_bytes() != taken:
        file.write_bytes(taken)
