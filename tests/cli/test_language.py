"""Commands in another language: by --lang, or as the terminal's other programs."""

from __future__ import annotations

import pytest

from .conftest import Person


def test_a_command_speaks_german(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de_DE.UTF-8:en")
    ada.says("announce", "--title", "Suppe", "--start", "2026-12-04T19:00", "--near", "Berlin")
    said = ada.says("draw", "--near", "Berlin")

    assert "Das Blatt von heute: 1 Karte von 1 Veranstaltung" in said
    assert "1 von 1 Veranstalter" in said
    assert "Fr., 4. Dezember" in said
    assert "hier hat keine Veranstaltung eine Kennung" in ada.fails(4, "show", "abcdef")


def test_the_language_of_one_command_goes_first(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")

    assert "All is well." in ada.says("--lang", "en", "doctor")
    assert "Alles in Ordnung." in ada.says("doctor")
