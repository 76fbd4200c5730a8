"""The commands as a person types them, with no node running."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from potluck.cli import hand_text

from .conftest import NOW, Person

SOON = (datetime.fromisoformat(NOW) + timedelta(days=3)).strftime("%Y-%m-%d")
SOUP = (
    *("announce", "--title", "Soup night", "--start", f"{SOON}T19:00", "--duration", "2h"),
    *("--place", "Café X", "--near", "Berlin", "--topic", "food", "--price", "free"),
    *("--access", "wheelchair=yes"),
)


def test_a_first_evening(ada: Person) -> None:
    id = ada.says(*SOUP).strip()

    assert len(id) == 64
    assert "Soup night" in ada.says("list")
    assert "Café X" in ada.says("show", id[:8])
    hand = ada.says("draw", "--near", "Berlin")
    assert "1 card out of 1 event" in hand
    assert "1 of 1 organiser around Berlin" in hand
    assert ada.json("show", id)["access"] == {"wheelchair": True}


def test_the_json_of_a_draw(ada: Person) -> None:
    ada.says(*SOUP)
    hand = ada.json("draw", "--near", "Berlin", "--within", "25km", "--days", "14")

    assert hand.keys() >= {"seed", "hand", "eligible", "hidden"}
    (card,) = hand["hand"]
    assert card.keys() >= {
        "id",
        "host",
        "slot",
        "title",
        "start",
        "end",
        "place",
        "distance_km",
        "odds",
    }
    assert card["start"] == f"{SOON}T19:00:00+01:00"
    assert card["place"].keys() == {"name", "address", "lat", "lon", "uncertainty"}
    assert card["odds"] == {"organisers": 1, "series": 1, "events": 1}
    assert len(card["slot"]) == 16
    assert list(hand["hidden"]) == [
        "block", "topic", "language", "price", "access", "time", "weekday", "capacity", "bag",
    ]  # fmt: skip


def test_an_event_goes_its_way(ada: Person) -> None:
    first = ada.says(*SOUP).strip()
    second = ada.says("edit", first[:10], "--title", "Stew night").strip()
    assert ada.json("show", first)["id"] == second
    assert ada.json("postpone", second, "--start", f"{SOON}T20:00")["status"] == "postponed"
    assert ada.json("cancel", first, "--why", "no onions")["about"] == "Cancelled: no onions"
    assert "CANCELLED" in ada.says("list")
    told = ada.says("show", first, "--revisions")
    assert [number for number in "1234" if f"\n  {number}  " in told] == ["1", "2", "3", "4"]
    assert (
        told.index("cancelled")
        < told.index("postponed")
        < told.index("title: Stew night; was Soup night")
    )
    assert [event["revision"] for event in ada.json("show", first, "--revisions")] == [3, 2, 1, 0]
    ada.says("withdraw", first)
    assert ada.json("list") == []


def test_errors_name_the_remedy_and_the_kind(ada: Person, tmp_path: Path) -> None:
    assert "potluck list" in ada.fails(4, "show", "abcdef")
    assert "potluck up" in ada.fails(3, "peers", "list")
    assert "potluck up" in ada.fails(3, "peers", "connect", "/ip4/127.0.0.1/tcp/1/p2p/12D3Koo")
    assert "--start" in ada.fails(2, "announce", "--title", "Soup", "--start", "soon")
    assert "--title" in ada.fails(
        2, "announce", "--title", "x" * 141, "--start", "2027-01-01T12:00"
    )
    assert "--tz" in ada.fails(2, *SOUP, "--tz", "Mars/Base")
    assert "25km" in ada.fails(2, "draw", "--within", "far")
    assert "wheelchair=yes" in ada.fails(2, *SOUP, "--access", "lift")
    assert "exclude each other" in ada.fails(2, "draw", "--fresh", "--seed", "ab" * 32)
    assert "init" in Person(tmp_path / "nowhere").fails(4, "list")
    ada.says(*SOUP)
    ada.says("draw", "--redraw")
    assert "today's hand" in ada.fails(6, "draw", "--redraw")
    assert "cannot read" in ada.fails(1, "import", str(tmp_path / "no.ics"))


@pytest.mark.parametrize(
    "address", ["0.0.0.0:80", "192.168.1.1:8080", "example.org:80", "8080", "[::]:80"]
)
def test_the_page_is_for_this_machine_only(ada: Person, address: str) -> None:
    assert "this machine only" in ada.fails(2, "up", "--web", address)


def test_a_home_is_made_once(ada: Person) -> None:
    assert "another folder" in ada.fails(1, "init")


def test_status_without_a_node(ada: Person) -> None:
    ada.says(*SOUP)
    status = ada.json("status")

    assert (status["listen"], status["peers"], status["announcements"], status["hosts"]) == (
        [],
        0,
        1,
        1,
    )
    assert status["peer_id"].startswith("12D3Koo")
    assert status["network"] == "potluck"
    assert "not running" in ada.says("status")


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


def test_a_receipt_is_verified_from_its_file_alone(ada: Person, tmp_path: Path) -> None:
    ada.says(*SOUP)
    drawn = ada.json("draw", "--near", "Berlin")
    file = tmp_path / "receipt.json"
    (listed,) = ada.json("receipts", "list")
    assert listed.keys() == {"id", "drawn_at", "earlier_rule", "seed_kind"}
    assert (listed["id"], listed["earlier_rule"], listed["seed_kind"]) == (
        drawn["receipt"],
        False,
        "solo",
    )

    assert "region" in ada.says("receipts", "export", listed["id"][:8], str(file))
    assert b"Berlin" not in file.read_bytes()
    assert "Verified" in (said := ada.says("verify", str(file)))
    assert "Not proven" in said
    assert "Filter near: Berlin" in ada.says("receipts", "show", listed["id"])
    ada.says("receipts", "export", listed["id"], str(file), "--with-filters")
    assert b"Berlin" in file.read_bytes()

    file.write_bytes(file.read_bytes().replace(drawn["seed"].encode(), b"0" * 64))
    assert "card 1" in ada.fails(5, "verify", str(file))


def test_dice_typed_one_by_one(ada: Person) -> None:
    ada.says(*SOUP)
    assert "3 rolls of a die are enough" in (said := ada.says("draw", "--dice", typed="3\n1\n6\n"))
    assert "Soup night" in said
    given = ada.json("draw", "--dice", "3,1,6")
    assert ada.json("receipts", "list")[0]["seed_kind"] == "dice"
    assert given["seed"] == ada.json("draw", "--dice", "316")["seed"]
    assert "2 more" in ada.fails(6, "draw", "--dice", "3")
    assert "1 to 6" in ada.fails(2, "draw", "--dice", "3,9,1")


def test_a_friend_witnesses_on_one_screen_and_on_two(ada: Person, tmp_path: Path) -> None:
    ada.says(*SOUP)
    assert "commitment" in (said := ada.says("draw", "--witness", typed="rhubarb\n"))
    assert "Soup night" in said

    assert "--word WORD" in ada.run("draw", "--witness").output
    dealt = ada.json("draw", "--word", "rhubarb")
    assert dealt["word"] == "rhubarb"
    ada.says("receipts", "export", dealt["receipt"], str(tmp_path / "w.json"))
    assert "a friend's word" in ada.says("verify", str(tmp_path / "w.json"))
    assert "--witness" in ada.fails(4, "draw", "--word", "again")


def test_people_at_a_table_are_dealt_the_same_hand(
    someone: Callable[..., Person], tmp_path: Path
) -> None:
    ada, eve, stick = someone("ada"), someone("eve"), tmp_path / "stick.deck"
    for number in range(9):
        ada.says(
            "announce", "--title", f"Soup {number}", "--start", f"{SOON}T19:00", "--near", "Berlin"
        )
    ada.says("export", "--deck", str(stick))
    eve.says("import", str(stick))
    table = ada.json("tables", "new", "café", "--near", "Berlin", "--within", "10km", "--days", "7")
    assert table["people"]["100%"] == 23
    eve.says("tables", "join", table["link"])
    eve.says("blocks", "add", "3")

    at_ada, at_eve = (person.json("draw", "--table", "café") for person in (ada, eve))
    assert at_ada["seed"] == at_eve["seed"]
    assert [card["id"] for card in at_ada["hand"] if card["title"] != "Soup 3"] == [
        card["id"] for card in at_eve["hand"]
    ]
    again = ada.json("draw", "--table", "café", "--redraw")
    assert not {card["id"] for card in again["hand"]} & {card["id"] for card in at_ada["hand"]}
    ada.says("tables", "show", "café", "--svg", str(tmp_path / "café.svg"))
    assert (tmp_path / "café.svg").read_text("utf-8").startswith("<?xml")
    ada.says("tables", "leave", "café")
    ada.fails(4, "draw", "--table", "café")


def test_a_card_goes_back_into_the_hat_for_another_day(ada: Person) -> None:
    id = ada.says(*SOUP).strip()
    assert "never dealt" in ada.fails(4, "later", id)
    ada.says("draw", "--near", "Berlin")
    assert "Back in the hat: Soup night" in ada.says("later", id)
    assert "Forgotten" in ada.says("forget", id)
    ada.fails(4, "forget", id)


def test_the_printed_deck_leads_to_the_same_hand(ada: Person) -> None:
    for number in range(9):
        ada.says(
            "announce", "--title", f"Soup {number}", "--start", f"{SOON}T19:00", "--near", "Berlin"
        )
    deck = ada.json("deck", "print")
    hand = ada.json("draw")

    (line,) = deck["lines"]
    by_ticket = sorted(line["events"], key=lambda event: event["series_ticket"])
    assert [event["title"] for event in by_ticket[:5]] == [card["title"] for card in hand["hand"]]
    assert deck["seed"] == hand["seed"]
    assert "Soup 4" in ada.says("deck", "print")


def test_saved_filters(ada: Person) -> None:
    ada.says(*SOUP)
    ada.says("draw", "--topic", "music", "--near", "Berlin", "--save", "loud")
    hand = ada.json("draw", "--as", "loud")

    assert hand["hidden"]["topic"] == 1
    assert "nothing is saved" in ada.fails(2, "draw", "--as", "quiet")


def test_an_empty_hand_says_why(ada: Person) -> None:
    ada.says(*SOUP)
    said = ada.says("draw", "--near", "Berlin", "--topic", "music")

    assert (
        "Nothing within 25 km of Berlin, Germany, in the next 14 days; hidden: 1 of other topics"
        in said
    )
    assert "is not among" in ada.says("why", ada.json("list")[0]["id"], "--topic", "music")


def test_an_empty_hand_says_where_to_look(ada: Person) -> None:
    ada.says(*SOUP)

    assert "Look farther: --within 200km finds 1 event" in ada.says(
        "draw", "--near", "Magdeburg", "--within", "3km"
    )
    assert "Look farther with --within, or" in ada.says("browse", "--near", "Lisbon")


def test_a_distance_is_from_somewhere(ada: Person) -> None:
    assert "--near TOWN" in ada.fails(2, "draw", "--within", "25km")


def test_the_command_that_is_clearly_meant(ada: Person) -> None:
    assert "did you mean: potluck announce?" in ada.fails(2, "annouce")


def test_what_is_over_is_announced_on_purpose_only(ada: Person) -> None:
    past = ("announce", "--title", "Soup", "--start", "2025-03-01T19:00")
    assert "it was over on Sat 1 March 2025" in ada.fails(2, *past)
    assert ada.json("list", "--past") == []
    done = ada.run(*past, "--past")
    assert done.exit_code == 0
    assert "Note: it was over on Sat 1 March 2025, so it is dealt to nobody." in done.stderr


def test_a_cancelled_event_is_said_to_be(ada: Person) -> None:
    id = ada.says(*SOUP).strip()
    assert "cancelled: Soup night" in ada.run("cancel", id).stderr


def test_the_home_of_this_machine_is_made_without_naming_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POTLUCK_HOME", str(tmp_path / "usual"))
    assert "make one with: potluck init\n" in Person(tmp_path / "usual").fails(4, "list")


def test_a_table_says_what_waits_for_tomorrow(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POTLUCK_NOW")
    ada.says("tables", "new", "café", "--near", "Berlin")
    said = ada.says("draw", "--table", "café")
    assert "they are dealt from tomorrow" in said
    assert "--days" not in said
    soon = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT19:00")
    ada.says("announce", "--title", "Soup", "--start", soon, "--near", "Berlin")
    said = ada.says("draw", "--table", "café")
    assert "Announced today, and dealt from tomorrow: 1 event." in said


def test_imported_events_without_a_series_are_not_called_one() -> None:
    chance = {"organisers": 1, "series": 1, "events": 2}
    event = {"series": "town hall", "source": {"id": "town hall"}, "odds": chance}
    assert hand_text.odds(event, None) == "1 of 1 organiser; this organiser has 2 events here"
    assert "this series has 2 events" in hand_text.odds(event | {"series": "choir"}, None)


def test_why_a_card_of_today_is_asked_of_the_hand_that_it_is_in(ada: Person) -> None:
    late = ("--start", "2026-12-15T19:00", "--near", "Berlin")
    first = ada.says("announce", "--title", "Soup", *late).strip()
    assert "it starts at Tue 15 December 18:00 UTC; you look from today" in ada.says("why", first)

    ada.says("draw", "--days", "28")
    said = ada.says("why", "1")
    assert "was dealt today: by chance, from events in the next 28 days, anywhere." in said
    assert "is not among" not in said
    assert "is not among" in ada.says("why", "1", "--days", "3")
    ada.says("cancel", first)
    assert "it was cancelled" in ada.says("why", first)


def test_times_are_told_in_the_readers_zone(ada: Person) -> None:
    ada.says(*SOUP)

    assert "18:00–20:00 UTC (19:00–21:00 there, Europe/Berlin)" in ada.says("list")


def test_the_clock_of_draws_can_be_set(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.says(*SOUP)
    monkeypatch.setenv("POTLUCK_NOW", "2027-03-01T12:00:00+00:00")
    assert ada.json("draw")["eligible"] == 0
    assert ada.json("list") == []
    monkeypatch.setenv("POTLUCK_NOW", "yesterday")
    assert "POTLUCK_NOW" in ada.fails(1, "draw")


def test_shells_complete(ada: Person) -> None:
    assert "_POTLUCK_COMPLETE=bash_complete" in ada.says("completion", "bash")


def test_leaving_takes_the_events_along_and_everything_away(ada: Person, tmp_path: Path) -> None:
    ada.says(*SOUP)
    said = ada.run("leave", str(tmp_path / "away"), typed="n\n")
    assert said.exit_code == 1
    assert ada.json("list")

    left = ada.says("leave", str(tmp_path / "away"), "--yes")
    assert "1 event withdrawn; the events that were here are in" in left
    assert not ada.home.exists()
    assert (tmp_path / "away" / "events.ics").read_text("utf-8").count("BEGIN:VEVENT") == 1
    assert (
        json.loads((tmp_path / "away" / "events.json").read_text("utf-8"))[0]["title"]
        == "Soup night"
    )
