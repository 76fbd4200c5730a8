"""Commands in another language: by --lang, or as the terminal's other programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from potluck.node.language import extract
from potluck.node.language import locale as locales
from tests.web.site import a_hand, running

from .conftest import Person

FRENCH = {
    "Come in": "Entrez",
    "Continue": "Continuer",
    "Skip to the page": "Aller à la page",
    "This link does not open any more": "Ce lien n’ouvre plus rien",
    "is not running": "ne tourne pas",
    "Usage:": "Emploi :",
    "is whole": "est intact",
    "Options": "Options :",
    "Show this message and exit.": "Montrer ce message.",
    "Look whether all is well with your node, and say what to do about what is not.": (
        "Voir si votre nœud va bien."
    ),
}


@pytest.fixture
def no_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogues that is empty."""
    caches = (locales.languages, locales.locale_of, locales._catalogue)
    monkeypatch.setattr(extract, "FOLDER", tmp_path)
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    for each in caches:
        each.cache_clear()
    yield tmp_path
    for each in caches:
        each.cache_clear()


def test_a_command_speaks_german(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de_DE.UTF-8:en")
    soup = ("--title", "Suppe", "--start", "2026-12-04T19:00", "--near", "Berlin")
    ada.says("announce", *soup, "--access", "wheelchair=yes", "--access", "quiet=no")
    said = ada.says("draw", "--near", "Berlin")

    assert "Das Blatt von heute: 1 Karte von 1 Veranstaltung" in said
    assert "1 von 1 Veranstalter" in said
    assert "Fr., 4. Dezember" in said
    assert "Rollstuhl" in said
    assert "nicht ruhig" in said
    assert "Fehler: gib entweder FILE oder --words an" in ada.fails(2, "home", "backup")
    assert "hier hat keine Veranstaltung eine Kennung" in ada.fails(4, "show", "abcdef")
    noted = ada.run("announce", *soup, "--access", "lift=yes").stderr
    assert "Achtung: nach lift kann beim Zugang niemand suchen, nur nach: wheelchair" in noted


def test_the_language_of_one_command_goes_first(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")

    assert "Nothing is wrong here" in ada.says("--lang", "en", "doctor")
    assert "Hier ist nichts falsch" in ada.says("doctor")
    assert "Netz     potluck\nEnthält  0" in ada.says("status")
    monkeypatch.delenv("LANGUAGE")
    assert "'xx' is not here; there are: en, de" in ada.fails(2, "--lang", "xx", "doctor")


def test_help_and_complaints_about_options_are_german(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = ada.says("draw", "--help")
    monkeypatch.setenv("LANGUAGE", "de")
    everything, draw = ada.says("--help"), ada.says("draw", "--help")

    assert "Etwas unternehmen:" in everything
    assert "Deinen Knoten laufen lassen, bis Strg-C kommt" in everything
    for said in ("--near ORT", "Keines dieser Themen.", "Diese Hilfe zeigen."):
        assert said in draw
    assert "Einen Tisch gründen" in ada.says("tables", "--help")
    assert "Rechnet nach" not in ada.says("simulate", "--help")
    assert "Ein Szenario rechnen" in ada.says("simulate", "--help")
    assert "--hand: muss so sein: eine ganze Zahl von 1 bis 50" in ada.fails(
        2, "draw", "--hand", "99"
    )
    assert "Eine Option '--luck' gibt es nicht." in ada.fails(2, "draw", "--luck")
    assert ada.says("--lang", "en", "draw", "--help") == english


def test_what_is_said_within_a_string_is_found() -> None:
    assert "Withdrawn since it was drawn" in extract.updated("de")


def test_a_language_that_one_command_began_shows_what_was_filled_in(
    no_languages: Path, ada: Person, tmp_path: Path
) -> None:
    extract.main("fr")
    file = no_languages / "fr.po"
    with file.open("rb") as begun:
        catalogue = read_po(begun, locale="fr")
    assert not any(each.string for each in catalogue if each.id and isinstance(each.id, str))
    for english, french in FRENCH.items():
        catalogue[english].string = french
    with file.open("wb") as filled:
        write_po(filled, catalogue)
    extract.main("fr")

    told = [ada.says("--lang", "fr", "doctor"), ada.says("--lang", "fr", "doctor", "--help")]
    with running(tmp_path / "home", a_hand) as site:
        told.append(_page(site.link(), "fr-FR, de;q=0.5"))
        told.append(_page(f"{site.address}/enter?code=none", "fr"))

    for french in FRENCH.values():
        assert any(french in each for each in told), french
    assert any("This browser may read" in each for each in told)


def _page(address: str, languages: str) -> str:
    host, _, path = address.removeprefix("http://").partition("/")
    with closing(HTTPConnection(host)) as connection:
        connection.request("GET", f"/{path}", headers={"Accept-Language": languages})
        return connection.getresponse().read().decode()
