"""What guests are given from the terminal: a folder, a poster, and a way to check both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Person

Maker = Callable[[str], Person]
EVENT = ("--place", "Here", "--at", "52.52,13.405", "--duration", "2h")


def house(person: Person, number: int = 3) -> Person:
    for each in range(number):
        person.says(
            "announce", "--title", f"Soup {each}", "--start", f"2026-11-2{each + 5}T19:00", *EVENT
        )
    return person


def test_a_folder_is_made_once_and_then_only_what_changed(someone: Maker, tmp_path: Path) -> None:
    ada = house(someone("ada"))
    folder = tmp_path / "site"
    first = ada.json("publish", str(folder), "--near", "Berlin", "--title", "The Ferry House")
    again = ada.json("publish", str(folder), "--near", "Berlin", "--title", "The Ferry House")
    site = json.loads((folder / "site.json").read_text(encoding="utf-8"))

    assert (first["events"], site["title"]) == (3, "The Ferry House")
    assert first["written"] == first["files"] == again["files"]
    assert again["written"] <= 1, "nothing but when it was made"


def test_settings_say_what_the_command_does_not(someone: Maker, tmp_path: Path) -> None:
    ada = house(someone("ada"))
    for name, value in (("near", "Berlin"), ("title", "The Ferry House"), ("days", "30")):
        ada.says("config", "set", f"publish.{name}", value)
    ada.says("publish", str(tmp_path / "site"), "--title", "Ada's")
    site = json.loads((tmp_path / "site" / "site.json").read_text(encoding="utf-8"))

    assert (site["title"], site["days"], site["town"]) == ("Ada's", 30, "Berlin")


def test_what_a_setting_leaves_empty_is_its_default(someone: Maker, tmp_path: Path) -> None:
    ada = house(someone("ada"))
    for name in ("language", "title"):
        ada.says("config", "set", f"publish.{name}", "")
    ada.says("publish", str(tmp_path / "site"), "--near", "Berlin")
    site = json.loads((tmp_path / "site" / "site.json").read_text(encoding="utf-8"))

    assert (site["title"], site["language"]) == ("Potluck", "en")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("language", "xx"),
        ("language", "de_AT"),
        ("base", "ferry.example"),
        ("base", "javascript:alert(1)"),
        ("base", "https://ferry.example/?q=1"),
        ("mail", "the house"),
    ],
)
def test_what_a_site_cannot_use_is_refused(
    someone: Maker, tmp_path: Path, option: str, value: str
) -> None:
    site = tmp_path / "site"
    said = someone("ada").fails(2, "publish", str(site), "--near", "Berlin", f"--{option}", value)

    assert f"--{option}: must be" in said
    assert not site.exists()


def test_addresses_of_pages_follow_the_base(someone: Maker, tmp_path: Path) -> None:
    base = ("--base", "https://ferry.example/town")
    house(someone("ada"), 1).says("publish", str(tmp_path / "site"), "--near", "Berlin", *base)
    (page,) = (tmp_path / "site").glob("event/*.html")

    assert f"https://ferry.example/town/event/{page.name}" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("seen", ["[]", '{"index.html": "soon"}', "{"])
def test_a_damaged_mark_of_a_site_is_said(someone: Maker, tmp_path: Path, seen: str) -> None:
    site, ada = tmp_path / "site", someone("ada")
    site.mkdir()
    (site / ".potluck-site").write_text(seen, encoding="utf-8")

    said = ada.fails(1, "publish", str(site), "--near", "Berlin")
    assert "delete the folder and publish again" in said
    assert "Not a directory" in ada.fails(1, "publish", "/dev/null", "--near", "Berlin")


def test_who_names_another_place_than_the_tables_is_told_that_its_hand_is_left_out(
    someone: Maker, tmp_path: Path
) -> None:
    ada = house(someone("ada"))
    ada.says("tables", "new", "ferry", "--near", "Berlin")
    ada.says("config", "set", "publish.table", "ferry")
    elsewhere = ada.says("publish", str(tmp_path / "site"), "--near", "Berlin")
    there = ada.says("publish", str(tmp_path / "site"))

    assert "Without the hand of the table ferry" in elsewhere
    assert "Without the hand" not in there


def test_a_folder_with_other_things_is_left_alone(someone: Maker, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear", encoding="utf-8")
    words = house(someone("ada")).fails(6, "publish", str(tmp_path / "mine"), "--near", "Berlin")

    assert "not a site's" in words
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_poster_needs_an_address_and_a_hand(someone: Maker, tmp_path: Path) -> None:
    ada = house(someone("ada"))
    ada.says("tables", "new", "ferry", "--near", "Berlin")
    sheet = str(tmp_path / "poster.html")
    no_table = ada.fails(6, "poster", sheet, "--near", "Berlin", "--base", "https://ferry.example")
    no_base = ada.fails(6, "poster", sheet, "--table", "ferry")
    no_hand = ada.fails(6, "poster", sheet, "--table", "ferry", "--base", "https://ferry.example")

    assert "--table" in no_table
    assert "--base" in no_base
    assert "not shown. Leave the node up over midnight" in no_hand
    assert not Path(sheet).exists()


def test_a_receipt_is_verified_from_its_file(someone: Maker, tmp_path: Path) -> None:
    ada = house(someone("ada"))
    ada.says("draw", "--near", "Berlin")
    (receipt, *_) = ada.json("receipts", "list")
    file = str(tmp_path / "receipt.json")
    ada.says("receipts", "export", receipt["id"], file)

    assert ada.json("verify", file)["differences"] == []
    ada.fails(2, "receipts", "verify", file)
    assert "give the file" in ada.fails(2, "verify")
    assert "give the file" in ada.fails(2, "verify", file, "--site", "https://ferry.example")
    Path(file).write_text("{}", encoding="utf-8")
    ada.fails(5, "verify", file)


def test_a_tables_code_is_the_sites_and_the_members_one_is_apart(
    someone: Maker, tmp_path: Path
) -> None:
    ada = someone("ada")
    ada.says("tables", "new", "ferry", "--near", "Berlin")
    secret = ada.json("tables", "show", "ferry")["link"]
    without = ada.says("tables", "show", "ferry")
    ada.says("config", "set", "publish.base", "https://ferry.example")
    ada.says("config", "set", "publish.table", "ferry")
    guests, members = (ada.says("tables", "show", "ferry", *how) for how in ((), ("--members",)))
    pictures = [tmp_path / "guests.svg", tmp_path / "members.svg"]
    ada.says("tables", "show", "ferry", "--svg", str(pictures[0]))
    ada.says("tables", "show", "ferry", "--members", "--svg", str(pictures[1]))

    assert secret in without
    assert secret in members
    assert "https://ferry.example" in guests
    assert secret not in guests
    assert pictures[0].read_bytes() != pictures[1].read_bytes()


def test_the_demonstrations_town_is_a_site(someone: Maker, tmp_path: Path) -> None:
    made = someone("ada").json("demo", "--site", str(tmp_path / "site"))
    site = json.loads((tmp_path / "site" / "site.json").read_text(encoding="utf-8"))

    assert made["events"] > 60
    assert (site["title"], site["town"]) == ("A town that never was", "Galway")
    assert len(list((tmp_path / "site" / "event").iterdir())) == 2 * made["events"]
