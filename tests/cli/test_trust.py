from __future__ import annotations

from .conftest import Person

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
