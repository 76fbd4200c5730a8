from __future__ import annotations

import json
from pathlib import Path

import pytest

from potluck.cli.health import _reached

from .conftest import Person


def test_the_doctor_of_a_node_that_does_not_run(ada: Person, tmp_path: Path) -> None:
    said = ada.says("doctor")
    assert "Nothing is wrong here, but: node is not running." in said
    assert "→ start it: potluck up" in said

    file = tmp_path / "bundle.json"
    found = json.loads(ada.says("doctor", "--json", "--bundle", str(file)))
    assert found["well"]
    assert {each["name"] for each in found["findings"]} >= {
        "versions",
        "home",
        "disk",
        "store",
        "node",
        "clock",
    }
    assert str(ada.home) not in file.read_text("utf-8")
    assert "choose another name" in ada.fails(1, "doctor", "--bundle", str(file))


def test_what_is_wrong_is_in_the_exit_code(ada: Person, tmp_path: Path) -> None:
    ada.home.chmod(0o755)
    result = ada.run("doctor")
    assert result.exit_code == 1
    assert f"close it with: chmod 700 {ada.home}" in result.stdout
    assert "Something needs mending." in result.stdout

    ada.home.chmod(0o700)
    (ada.home / "store.sqlite").write_bytes(b"no database" * 500)
    result = ada.run("doctor", "--json")
    assert result.exit_code == 1
    assert any("is damaged" in each["says"] for each in json.loads(result.stdout)["findings"])
    assert Person(tmp_path / "nowhere").run("doctor").exit_code == 1


def test_how_far_it_came_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    _reached({"peers": 1, "hold": 1, "silent": 0, "title": "Soup", "revision": 0})
    assert capsys.readouterr().out == "Soup, as it is now, has come to 1 of 1 peer.\n"


def test_reach_needs_a_node(ada: Person) -> None:
    assert "potluck up" in ada.fails(3, "reach", "abcd")
