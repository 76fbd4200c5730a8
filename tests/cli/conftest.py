"""Commands run in this process, each in a home of its own, at a fixed time of the draw."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from potluck.cli.__main__ import cli
from potluck.cli.language import choose

NOW = "2026-11-22T12:00:00+00:00"
SOON = (datetime.fromisoformat(NOW) + timedelta(days=3)).strftime("%Y-%m-%d")
SOUP = (
    *("announce", "--title", "Soup night", "--start", f"{SOON}T19:00", "--duration", "2h"),
    *("--place", "Café X", "--near", "Berlin", "--topic", "food", "--price", "free"),
    *("--access", "wheelchair=yes"),
)


class Person:
    """Somebody at a terminal, with a home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, typed: str = "") -> Result:
        """What a command prints, and its exit code; only commands' own errors are let through."""
        arguments = ["--home", str(self.home), *words]
        return CliRunner().invoke(
            cli, arguments, input=typed, catch_exceptions=False, prog_name="potluck"
        )

    def says(self, *words: str, typed: str = "") -> str:
        """What a command prints, if it goes well."""
        result = self.run(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.says(*words, "--json"))

    def fails(self, code: int, *words: str) -> str:
        """What a command complains of, if it ends with this code."""
        result = self.run(*words)
        assert result.exit_code == code, result.output
        return result.stderr


@pytest.fixture(autouse=True)
def the_terminals_language() -> Iterator[None]:
    """A command's language is that of its process, which here goes on."""
    yield
    choose("")


@pytest.fixture
def someone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Person]:
    """Makes a person of this name, who has a home in a network with cheap stamps."""
    monkeypatch.setenv("POTLUCK_NOW", NOW)
    monkeypatch.setenv("TZ", "UTC")

    def make(name: str, *options: str) -> Person:
        person = Person(tmp_path / name)
        person.says("init", "--stamp-bits", "4", *options)
        return person

    return make


@pytest.fixture
def ada(someone: Callable[[str], Person]) -> Person:
    """A person with a home."""
    return someone("ada")
