"""What goes wrong, and why, in German: words from below the page, where nobody knows of
languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from potluck.node.operations.service import Service
from potluck.node.operations.trust import blocks

from .site import SOUP, Site, a_hand, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A node of this module's own, since blocks and filters are changed here."""
    with running(tmp_path_factory.mktemp("home"), a_hand) as site:
        yield site


def test_what_is_filled_in_wrong_is_named_in_german(site: Site, visit: Any) -> None:
    page = visit(site, "/settings", locale="de-DE", java_script_enabled=False)
    page.get_by_label("Dein Ort").fill("Brlin")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Ein Ort namens 'Brlin' ist hier nicht bekannt. Meintest du"
    )
    expect(page.get_by_role("button", name="Brawley, California")).to_be_visible()

    page.goto(f"{site.address}/announce")
    page.get_by_label("Was ist es?").fill("Suppe")
    page.get_by_label("Tag", exact=True).fill("2026-12-01")
    page.get_by_label("In oder bei welchem Ort").fill("Berlin")
    page.get_by_label("Platz für wie viele").fill("viele")
    page.get_by_role("button", name="Unterschreiben und ansagen").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Platz für wie viele: wie viele Leute hineinpassen, ist eine ganze Zahl."
    )

    page.goto(f"{site.address}/dice")
    page.get_by_role("textbox").fill("1 2 3")
    page.get_by_role("button", name="Austeilen").click()
    expect(page.get_by_role("alert")).to_contain_text("3 von 4 Würfen, die hier nötig sind")

    page.goto(f"{site.address}/tables")
    page.get_by_label("Der Link auf seiner Karte").fill("potluck:nonsense")
    page.get_by_role("button", name="Hinsetzen").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "iesem Link lässt sich nicht folgen: ein Link beginnt mit"
    )

    page.goto(f"{site.address}/card/0000000000")
    expect(
        page.get_by_text("Hier hat keine Veranstaltung eine Kennung, die mit 0000000000 beginnt")
    ).to_be_visible()


def test_a_calendar_says_in_german_what_it_left_out(site: Site, visit: Any, tmp_path: Path) -> None:
    file = tmp_path / "feed.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Past\r\n"
        "DTSTART:20200101T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    page = visit(site, "/import", locale="de-DE")
    page.get_by_label("Eine Datei mit der Endung .ics").set_input_files(file)
    page.get_by_role("button", name="Datei einlesen").click()
    expect(page.get_by_role("status")).to_contain_text("1 ausgelassen: vorbei")
    file.write_text("<html>")
    page.get_by_label("Eine Datei mit der Endung .ics").set_input_files(file)
    page.get_by_role("button", name="Datei einlesen").click()
    expect(page.get_by_role("alert")).to_contain_text("Das ist keine iCalendar-Datei")


def test_receipts_reasons_and_the_check_up_are_in_german(site: Site, visit: Any) -> None:
    page = visit(site, locale="de-DE")
    page.get_by_role("link", name="Diese Ziehung prüfen").click()
    expect(page.get_by_text("Dass der Stapel vollständig war.")).to_be_visible()
    expect(page.get_by_text("verraten, in welcher Gegend")).to_be_visible()
    page.get_by_role("button", name="In diesem Browser neu austeilen").click()
    expect(page.locator("#verdict")).to_contain_text("dasselbe Blatt")

    page.goto(f"{site.address}/node/checkup")
    told = page.locator("dl").inner_text()
    assert "ist heil" in told
    assert not re.search(
        r"\b(is|the|and|with|none|are|of|free)\b", told.replace(str(site.home), "")
    ), told


async def _soup_is_blocked(service: Service) -> None:
    await a_hand(service)
    await blocks.block(service, "soup")


def test_a_card_says_in_german_why_it_was_not_dealt(tmp_path: Path, visit: Any) -> None:
    with running(tmp_path / "home", _soup_is_blocked) as site:
        page = visit(site, "/settings", locale="de-DE")
        page.get_by_role("button", name="Sperre von soup aufheben").click()
        page.goto(f"{site.address}/browse")
        card = page.get_by_role("link", name=SOUP).get_attribute("href")
        page.goto(f"{site.address}/settings")
        page.get_by_label("Nie Veranstaltungen austeilen").fill("soup")
        page.get_by_role("button", name="Wort sperren").click()
        page.goto(f"{site.address}{card}")
        expect(page.locator("main")).to_contain_text(
            "So wie es jetzt ist, könnte sie nicht gezogen werden:"
        )
        expect(page.locator("main")).to_contain_text(
            "Du hast am 18. November ein Wort gesperrt, das darin steht."
        )


def test_a_browser_names_in_german_what_differs(site: Site, visit: Any) -> None:
    page = visit(site, locale="de-DE")
    link = page.get_by_role("link", name="Diese Ziehung prüfen").get_attribute("href")

    def tamper(route: Any) -> None:
        answer = route.fetch()
        receipt = answer.json()
        receipt["hand"][0]["odds"]["organisers"] = 1
        route.fulfill(response=answer, json=receipt)

    page.route("**/receipt/*.json", tamper)
    page.goto(site.address + str(link))
    page.get_by_role("button", name="In diesem Browser neu austeilen").click()
    expect(page.locator("#verdict")).to_have_text(
        "Dein Browser hat neu ausgeteilt, und das Blatt weicht ab: Karte 1"
    )


def test_who_is_not_let_in_is_told_so_in_german(site: Site, visit: Any) -> None:
    page = visit(site, locale="de-DE")
    page.context.clear_cookies()
    page.goto(site.address)
    expect(page.get_by_text("Das ist jemandes eigenes Potluck")).to_be_visible()
