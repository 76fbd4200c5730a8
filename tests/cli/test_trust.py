from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .conftest import SOON, Person

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


def test_two_people_compare_words_and_vouch_for_each_other(
    someone: Callable[[str], Person], tmp_path: Path
) -> None:
    ada, bo = someone("ada"), someone("bo")
    card = bo.json("vouch", "card")
    said = bo.says("vouch", "card", "--svg", str(tmp_path / "card.svg"))
    assert card["words"] in said
    assert (tmp_path / "card.svg").exists()
    assert "for nobody yet" in ada.says("vouch", "list")
    assert "for nobody yet" in ada.says("draw", "--vouched")

    asked = ada.run("vouch", "add", card["link"], "--name", "Bo", typed="n\n")
    assert asked.exit_code == 1
    assert card["words"] in asked.output
    assert "You vouch for Bo until" in ada.says(
        "vouch", "add", card["link"], "--name", "Bo", typed="y\n"
    )
    made = ada.run("vouch", "add", card["host"], "--public", typed="y\ny\n")
    assert "The whole network will see who met whom" in made.stderr
    assert "once they vouch for you publicly, too" in made.stdout
    assert "public, not returned" in ada.says("vouch", "list")
    assert "Your vouches reach 1 host" in ada.says("draw", "--vouched", "--no-strangers")
    assert "What was seen stays seen" in ada.says("vouch", "remove", card["host"])
    assert "your own key" in bo.fails(6, "vouch", "add", card["host"], "--yes")


def test_blocks_go_to_a_friend_entry_by_entry(
    someone: Callable[[str], Person], tmp_path: Path
) -> None:
    ada, bo = someone("ada"), someone("bo")
    file = str(tmp_path / "blocks.json")
    ada.says("blocks", "add", "raffle", "--why", "no games")
    ada.says("blocks", "add", "--source", "Casino", "--warn")
    ada.says("blocks", "add", "ab" * 32, "--importer")
    listed = ada.says("blocks", "list")
    assert "word raffle" in listed and "no games" in listed  # noqa: PT018 - one list
    assert "what anybody imports of Casino, with a warning only" in listed
    ada.says("blocks", "export", file)

    bo.says("blocks", "import", file, typed="warn\nleave\nhide\n")

    taken = [(one["kind"], one["warns"]) for one in bo.json("blocks", "list")["blocks"]]
    assert taken == [("importer", True), ("word", False)]
    assert len(bo.json("blocks", "import", file, "--all", "hide")["blocks"]) == 3
    assert "ORGANISER" in bo.fails(2, "blocks", "add")
    bo.says("blocks", "remove", "--source", "Casino")
    assert "is not blocked so" in bo.fails(4, "blocks", "remove", "--source", "Casino")


def test_a_key_comes_back_from_its_words(someone: Callable[[str], Person], tmp_path: Path) -> None:
    ada = someone("ada")
    key, words = (ada.json("home", "backup", "--words")[name] for name in ("host_key", "words"))
    assert f" 1 {words.split()[0]}" in ada.says("home", "backup", "--words")
    again = Person(tmp_path / "again")
    restore = ("home", "restore", "--words", "--stamp-bits", "4")

    wrong = " ".join(reversed(words.split()))
    assert "checksum" in again.run(*restore, typed=f"{wrong}\n").stderr
    assert not again.home.exists()
    assert key in again.says(*restore, typed=f"{words}\n")

    assert again.json("vouch", "card")["host"] == key
    refused = again.fails(6, "vouch", "add", "ab" * 32, "--public", "--yes")
    assert "Let it hear first" in refused
    assert "either FILE or --words" in again.fails(2, "home", "backup")
    assert "either FILE or --words" in again.fails(2, "home", "restore")
    fresh = Person(tmp_path / "fresh")
    assert "words" not in fresh.json("init", "--stamp-bits", "4")
    other = Person(tmp_path / "other")
    assert "Write them on paper" in other.says("init", "--stamp-bits", "4", "--words")


def test_a_source_is_handed_over_once_there_is_something(ada: Person) -> None:
    assert "you import nothing of Library" in ada.fails(
        4, "calendars", "hand-over", "Library", "ab" * 32
    )


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


def test_a_date_is_asked_for_in_words(ada: Person) -> None:
    said = ada.fails(2, "vouch", "add", "ab" * 32, "--yes", "--until", "never")
    assert "--until: must be a date such as 2027-03-01" in said
