from __future__ import annotations

from pathlib import Path

from .conftest import Person
from .test_commands import SOON

CALENDAR = f"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//x//EN\r
BEGIN:VEVENT\r
UID:1@library.example\r
DTSTART:{SOON.replace("-", "")}T180000Z\r
SUMMARY:Reading\r
ORGANIZER;CN=Library:mailto:a@library.example\r
END:VEVENT\r
END:VCALENDAR\r
"""
PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"


def test_bans_outlive_the_command(ada: Person) -> None:
    assert "Nobody is banned" in ada.says("peers", "bans")
    ada.says("peers", "ban", PEER)
    assert "203.0.113.0/24 is banned until lifted: you banned it" in ada.says(
        "peers", "ban", "203.0.113.7/24", "--why", " it only\nshouts "
    )
    bans = ada.json("peers", "bans")["bans"]
    assert [(ban["kind"], ban["value"], ban["why"]) for ban in bans] == [
        ("peer", PEER, "you banned it"),
        ("range", "203.0.113.0/24", "you banned it: it only shouts"),
    ]
    ada.says("peers", "unban", PEER)
    assert len(ada.json("peers", "bans")["bans"]) == 1


def test_errors_of_bans_name_the_remedy(ada: Person) -> None:
    assert "give a peer id" in ada.fails(1, "peers", "ban", "everybody")
    assert "potluck peers bans lists" in ada.fails(4, "peers", "unban", PEER)
    assert "potluck up" in ada.fails(3, "peers", "disconnect", PEER)


def test_importers_are_listed_and_a_source_of_one_is_blocked(ada: Person, tmp_path: Path) -> None:
    file = tmp_path / "town.ics"
    ada.says("announce", "--title", "Soup", "--start", f"{SOON}T19:00", "--near", "Berlin")
    assert "Nobody imports events" in ada.says("importers", "--near", "Berlin")
    file.write_text(CALENDAR)
    ada.says("import", str(file), "--near", "Berlin")

    assert "you: 1 event of 1 organiser\n  Library: 1 event" in ada.says("importers")
    (mine,) = ada.json("importers")
    assert "your own key" in ada.fails(6, "blocks", "add", mine["host"])
    assert "no host has a key" in ada.fails(4, "blocks", "add", "nobody", "--source", "Library")


def test_an_event_repeats_by_a_rule_in_words(ada: Person) -> None:
    id = ada.says(
        "announce", "--title", "Choir", "--start", f"{SOON}T19:00", "--near", "Berlin",
        "--repeat", "every week 3 times",
    ).strip()  # fmt: skip
    assert len(ada.json("list", "--mine")) == 3
    ada.says("edit", id[:8], "--repeat", "never")

    statuses = [event["status"] for event in ada.json("list", "--mine")]
    assert statuses == ["scheduled", "cancelled", "cancelled"]
    assert "repeat: write a rule" in ada.fails(
        2, "announce", "--title", "X", "--start", f"{SOON}T19:00", "--repeat", "now and then"
    )
