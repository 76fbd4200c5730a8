"""Hands dealt by commands: from filters, dice, a friend's word, at a table; and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from potluck.cli import hand_text

from .conftest import NOW, SOON, SOUP, Person


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


def test_the_clock_of_draws_can_be_set(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.says(*SOUP)
    monkeypatch.setenv("POTLUCK_NOW", "2027-03-01T12:00:00+00:00")
    assert ada.json("draw")["eligible"] == 0
    assert ada.json("list") == []
    monkeypatch.setenv("POTLUCK_NOW", "yesterday")
    assert "POTLUCK_NOW" in ada.fails(1, "draw")


def test_the_bag_says_how_much_is_in_it(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.says(*SOUP)
    ada.says("draw")
    assert "The bag is empty" in ada.says("bag", "show")
    monkeypatch.setenv("POTLUCK_NOW", NOW.replace("22T", "23T"))
    assert "1 event of earlier days will not come back" in ada.says("bag", "show")


def test_a_card_has_its_number_where_the_date_is_another(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.says(*SOUP, "--near", "Bloomington, Indiana")
    monkeypatch.setenv("POTLUCK_NOW", NOW.replace("T12", "T02"))
    ada.says("draw", "--near", "Bloomington, Indiana")
    assert "Kept" in ada.says("keep", "1")
    monkeypatch.setenv("POTLUCK_NOW", NOW)
    assert "no card 1 was dealt today" in ada.fails(4, "keep", "1")


def test_a_card_names_the_town_where_its_words_do_not(ada: Person) -> None:
    ada.says(*SOUP)
    spot = ("--place", "Café Y", "--at", "53.5503,9.9930", "--start", f"{SOON}T20:00")
    ada.says("announce", "--title", "Stew", *spot)
    town = ("--place", "Berlin", "--near", "Berlin", "--start", f"{SOON}T21:00")
    ada.says("announce", "--title", "Bread", *town)
    street = ("--place", "Café Z", "--address", "Hemp Yard 5, Berlin", "--near", "Berlin")
    ada.says("announce", "--title", "Rolls", *street, "--start", f"{SOON}T22:00")
    said = ada.says("draw")
    assert "Café Z, Hemp Yard 5, Berlin\n" in said
    assert "Café X, somewhere in Berlin" in said
    assert "Café Y, Hamburg" in said
    assert "┊ somewhere in Berlin" in said


def test_what_is_wrong_is_said_of_the_option_as_it_was_typed(ada: Person) -> None:
    assert "--from: must be a date such as 2027-03-01" in ada.fails(2, "draw", "--from", "soon")
    assert "--min-capacity: must be a whole number from 0" in ada.fails(
        2, "draw", "--min-capacity", "-1"
    )
    assert "--hand: must be a whole number from 1 to 50" in ada.fails(2, "draw", "--hand", "51")
    table = ("tables", "new", "café", "--near", "Berlin", "--days", "367")
    assert "--days: must be a whole number from 1 to 366" in ada.fails(2, *table)
    assert "--access: must be values by name, each name one of children, quiet" in ada.fails(
        2, "draw", "--access", "lift"
    )


def test_a_span_of_two_years_names_both(ada: Person) -> None:
    days = ("--start", "2026-12-28", "--end", "2027-01-02")
    ada.says("announce", "--title", "Between the years", "--near", "Berlin", *days)
    assert "Mon 28 December 2026 to Sat 2 January 2027" in ada.says("list")


def test_too_few_rolls_are_counted_and_things_are_no_series(ada: Person) -> None:
    ada.says(*SOUP)
    ada.says("announce", "--title", "Stew", "--start", f"{SOON}T21:00", "--near", "Berlin")
    assert "1 of the 4 rolls that are needed here; roll 3 more" in ada.fails(
        6, "draw", "--dice", "3"
    )
    assert "1 of 1 organiser; this one does 2 things" in ada.says("draw")
