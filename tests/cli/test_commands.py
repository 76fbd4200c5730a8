"""The commands as a person types them, with no node running."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import SOON, SOUP, Person


def test_a_first_evening(ada: Person) -> None:
    id = ada.says(*SOUP).strip()

    assert len(id) == 64
    assert "Soup night" in ada.says("list")
    assert "Café X" in ada.says("show", id[:8])
    hand = ada.says("draw", "--near", "Berlin")
    assert "1 card out of 1 event" in hand
    assert "1 of 1 organiser around Berlin" in hand
    assert ada.json("show", id)["access"] == {"wheelchair": True}


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
        told.index("Cancelled")
        < told.index("Postponed")
        < told.index("It is called Stew night, was Soup night")
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


@pytest.mark.parametrize("address", ["0.0.0.0:80", "192.168.1.1:8080", "example.org:80", "[::]:80"])
def test_the_page_is_for_this_machine_only(ada: Person, address: str) -> None:
    assert "this machine only" in ada.fails(2, "up", "--web", address)


@pytest.mark.parametrize("option", ["--web", "--guests"])
@pytest.mark.parametrize("address", ["8080", "127.0.0.1:99999", "127.0.0.1:-5", "localhost:web"])
def test_an_address_without_a_port_says_how_to_write_it(
    ada: Person, option: str, address: str
) -> None:
    assert "write it as 127.0.0.1:8642" in ada.fails(2, "up", option, address)


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


def test_the_command_that_is_clearly_meant(ada: Person) -> None:
    assert "did you mean: potluck announce?" in ada.fails(2, "annouce")


def test_what_is_over_is_announced_on_purpose_only(ada: Person) -> None:
    past = ("announce", "--title", "Soup", "--start", "2025-03-01T19:00")
    assert "it was over on Sat 1 March 2025" in ada.fails(2, *past)
    assert ada.json("list", "--past") == []
    id = ada.says(*SOUP).strip()
    for verb in ("edit", "postpone"):
        assert "it was over on" in ada.fails(2, verb, id, "--start", "2025-03-01T19:00")
    assert ada.json("show", id)["revision"] == 0
    done = ada.run(*past, "--past")
    assert done.exit_code == 0
    assert "Note: it was over on Sat 1 March 2025, so it is dealt to nobody." in done.stderr


def test_a_cancelled_event_is_said_to_be(ada: Person) -> None:
    id = ada.says(*SOUP).strip()
    assert "cancelled: Soup night" in ada.run("cancel", id).stderr


def test_times_are_told_in_the_readers_zone(ada: Person) -> None:
    ada.says(*SOUP)

    assert "18:00–20:00 UTC (19:00–21:00 there, Europe/Berlin)" in ada.says("list")


def test_shells_complete(ada: Person) -> None:
    assert "_POTLUCK_COMPLETE=bash_complete" in ada.says("completion", "bash")
