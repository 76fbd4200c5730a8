from __future__ import annotations

from .conftest import Person

PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"


def test_bans_outlive_the_command(ada: Person) -> None:
    assert "Nobody is banned" in ada.says("ban")
    ada.says("ban", PEER)
    assert "203.0.113.0/24 is banned" in ada.says(
        "ban", "203.0.113.7/24", "--why", " it only\nshouts "
    )
    bans = ada.json("ban")["bans"]
    assert [(ban["kind"], ban["value"], ban["why"]) for ban in bans] == [
        ("peer", PEER, "you banned it"),
        ("range", "203.0.113.0/24", "you banned it: it only shouts"),
    ]
    ada.says("unban", PEER)
    assert len(ada.json("ban")["bans"]) == 1


def test_errors_of_bans_name_the_remedy(ada: Person) -> None:
    assert "give a peer id" in ada.fails(1, "ban", "everybody")
    assert "potluck ban lists" in ada.fails(4, "unban", PEER)
    assert "potluck up" in ada.fails(3, "disconnect", PEER)
