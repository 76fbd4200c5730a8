"""Settings read and changed by a command, and a node that does not start with wrong ones."""

from __future__ import annotations

import tomllib

import pytest

from .conftest import Person


def test_a_setting_is_changed_and_the_comments_stay(ada: Person) -> None:
    file = ada.home / "config.toml"
    file.write_text(file.read_text("utf-8") + "\n# my own words\n", "utf-8")
    before = file.read_text("utf-8")

    assert "sync.interval is now: 60" in ada.says("config", "set", "sync.interval", "60")
    ada.says(
        "config",
        "set",
        "node.relays",
        "/dns/r/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5",
    )
    assert ada.json("config", "get", "sync.interval")["value"] == 60
    after = file.read_text("utf-8")
    assert "# my own words" in after
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    assert ada.says("config", "set", "node.relays").startswith("node.relays is now: \n")
    assert tomllib.loads(file.read_text("utf-8"))["node"]["relays"] == []


def test_all_settings_are_listed_with_what_they_are_for(ada: Person) -> None:
    listed = ada.json("config", "list")
    assert {each["name"] for each in listed} >= {"name", "node.listen", "deck.max_events"}
    assert all(each["why"] for each in listed)
    assert "node.web = 127.0.0.1:8642  (default)" in ada.says("config", "list")


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("sync.interval", ("5",), "between 10 and 86400"),
        ("sync.interval", ("soon",), "no whole number"),
        ("sync.interval", ("10", "20"), "give one value"),
        ("node.mdns", ("maybe",), "true or false"),
        ("node.web", ("0.0.0.0:80",), "this machine only"),
        ("node.listen", ("here",), "the form is"),
        ("node.listen", ("/dns/x/tcp/1",), "the form is"),
        ("node.bootstrap", ("/ip4/192.0.2.1/tcp/1",), "not a peer's address"),
        ("network.name", ("x" * 65,), "network.name"),
        ("network.stamp_bits", ("99",), "stamp_bits must be between 0 and 40"),
        ("publish.near", ("Bloomington",), "publish.near: Several places"),
        ("publish.at", ("here",), "no pair of coordinates"),
        ("publish.language", ("xx",), "one of en, de"),
        ("publish.base", ("foo",), "an address such as https://"),
        ("publish.mail", ("a house",), "an address such as table@"),
    ],
)
def test_what_the_node_would_not_take_is_not_set(
    ada: Person, name: str, values: tuple[str, ...], says: str
) -> None:
    before = (ada.home / "config.toml").read_bytes()
    assert says in ada.fails(2, "config", "set", name, *values)
    assert (ada.home / "config.toml").read_bytes() == before


def test_an_unknown_setting_is_not_found(ada: Person) -> None:
    assert "potluck config list" in ada.fails(4, "config", "get", "node.wob")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('web = "127.0.0.1:8642"', 'web = "0.0.0.0:8642"'),
        ("interval = 600", "interval = 1"),
        ("relays = []", 'relays = ["/ip4/192.0.2.1"]'),
    ],
)
def test_a_node_with_a_wrong_setting_ends_with_2_and_the_doctor_names_it(
    ada: Person, was: str, now: str
) -> None:
    file = ada.home / "config.toml"
    file.write_text(file.read_text("utf-8").replace(was, now), "utf-8")

    ada.fails(2, "up")
    assert now.partition(" ")[0] in (said := ada.run("doctor").stdout)
    assert "Something needs mending" in said


def test_a_home_that_others_may_read_ends_with_2(ada: Person) -> None:
    ada.home.chmod(0o750)
    assert "chmod 700" in ada.fails(2, "up")
