"""Homes: made, joined to a network, copied, taken along, left."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import SOUP, Person


def test_a_home_is_made_once(ada: Person) -> None:
    assert "another folder" in ada.fails(1, "init")


def test_an_invitation_makes_a_home(ada: Person, tmp_path: Path) -> None:
    ada.says("tables", "new", "café", "--near", "Berlin")
    link = ada.json("invite", "--table", "café")["link"]
    friend = Person(tmp_path / "friend")
    assert "new home" in friend.says("join", link)

    assert friend.json("status")["network_id"] == ada.json("status")["network_id"]
    assert [table["name"] for table in friend.json("tables", "list")] == ["café"]
    assert "potluck:network?" in ada.says("invite")


def test_a_closed_network_is_not_joined_by_another_home(someone: Callable[..., Person]) -> None:
    closed, other = someone("closed", "--secret", "new"), someone("other")
    link = closed.json("invite")["link"]
    other.says(*SOUP)

    assert "another home" in other.fails(6, "join", link)
    assert "cannot be followed" in other.fails(1, "join", "potluck:network?n=x")


def test_a_home_that_was_never_used_moves_to_the_network_of_a_friend(
    someone: Callable[..., Person],
) -> None:
    closed, new = someone("closed", "--secret", "new", "--network", "friends"), someone("new")
    key = new.json("status")["host_key"]
    new.says("join", closed.json("invite")["link"])

    assert new.json("status")["network_id"] == closed.json("status")["network_id"]
    assert new.json("status")["host_key"] == key
    assert len(new.says(*SOUP).strip()) == 64


def test_a_backup_brings_everything_back(ada: Person, tmp_path: Path) -> None:
    id, file = ada.says(*SOUP).strip(), tmp_path / "ada.potluck"
    assert "secret keys" in ada.says("home", "backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "already there" in ada.fails(6, "home", "backup", str(file))

    again = Person(tmp_path / "again")
    again.says("home", "restore", str(file))
    assert again.json("status")["host_key"] == ada.json("status")["host_key"]
    assert again.json("show", id)["mine"]
    assert "not empty" in again.fails(1, "home", "restore", str(file))
    file.write_bytes(b"nonsense")
    assert "no backup" in Person(tmp_path / "third").fails(1, "home", "restore", str(file))


def test_a_bundle_on_a_stick(someone: Callable[..., Person], tmp_path: Path) -> None:
    ada, eve, stick = someone("ada"), someone("eve"), tmp_path / "stick.deck"
    id = ada.says(*SOUP).strip()
    ada.says("export", "--deck", str(stick))

    assert eve.json("import", str(stick)) == {"fresh": 1, "seen": 0, "refused": {}}
    assert eve.json("import", str(stick)) == {"fresh": 0, "seen": 1, "refused": {}}
    assert not eve.json("show", id)["mine"]
    stick.write_bytes(stick.read_bytes()[:-3])
    assert "damaged" in eve.fails(1, "import", str(stick))


def test_a_bundle_of_another_network_is_not_taken(
    someone: Callable[..., Person], tmp_path: Path
) -> None:
    ada, closed, stick = (
        someone("ada"),
        someone("closed", "--secret", "new"),
        tmp_path / "stick.deck",
    )
    ada.says("export", "--deck", str(stick))

    assert "no bundle of the network" in closed.fails(1, "import", str(stick))


def test_events_go_out_as_calendar_and_json(ada: Person, tmp_path: Path) -> None:
    ada.says(*SOUP)
    ada.says("export", "--ics", str(tmp_path / "x.ics"), "--events", str(tmp_path / "x.json"))

    assert "SUMMARY:Soup night" in (tmp_path / "x.ics").read_text("utf-8")
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))[0]["title"] == "Soup night"
    assert "--ics FILE" in ada.fails(2, "export")


def test_the_home_of_this_machine_is_made_without_naming_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POTLUCK_HOME", str(tmp_path / "usual"))
    assert "make one with: potluck init\n" in Person(tmp_path / "usual").fails(4, "list")


def test_leaving_takes_the_events_along_and_everything_away(ada: Person, tmp_path: Path) -> None:
    ada.says(*SOUP)
    ada.says("tables", "new", "café", "--near", "Berlin")
    receipt = ada.json("draw")["receipt"]
    ada.says("keep", "1")
    said = ada.run("leave", str(tmp_path / "away"), typed="n\n")
    assert said.exit_code == 1
    assert ada.json("list")

    left = ada.says("leave", str(tmp_path / "away"), "--yes")
    assert "1 event withdrawn; events, plan, tables and receipts are in" in left
    assert not ada.home.exists()
    assert (tmp_path / "away" / "events.ics").read_text("utf-8").count("BEGIN:VEVENT") == 1
    assert (
        json.loads((tmp_path / "away" / "events.json").read_text("utf-8"))[0]["title"]
        == "Soup night"
    )
    yours = tmp_path / "away" / "yours.json"
    assert stat.S_IMODE(yours.stat().st_mode) == 0o600, "it has the secrets of tables"
    assert stat.S_IMODE((tmp_path / "away" / "receipts").stat().st_mode) == 0o700
    own = json.loads(yours.read_text("utf-8"))
    assert [event["title"] for event in own["plan"]] == ["Soup night"]
    assert own["tables"][0]["link"].startswith("potluck:table?")
    file = tmp_path / "away" / "receipts" / f"{receipt[:12]}.json"
    assert "Verified" in ada.says("verify", str(file))
