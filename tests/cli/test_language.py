"""Commands in another language: by --lang, or as the terminal's other programs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from potluck.cli.language import NOUNS

from .conftest import Person

CLI = Path(__file__).parents[2] / "cli"


def test_every_noun_that_is_counted_can_be_said() -> None:
    counted = {
        call.args[1].value
        for file in CLI.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "count" and len(call.args) == 2
        if isinstance(call.args[1], ast.Constant)
    }

    assert counted == set(NOUNS)


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
