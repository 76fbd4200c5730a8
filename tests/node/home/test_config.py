"""Settings: read strictly, written with comments."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.node.home.config import Config
from potluck.protocol.errors import LocalError

FILE = Path("config.toml")
printable = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20)
configs = st.builds(
    Config,
    name=printable,
    network_name=printable,
    stamp_bits=st.integers(0, 40),
    listen=st.lists(printable, max_size=3).map(tuple),
    bootstrap=st.lists(printable, max_size=3).map(tuple),
    mdns=st.booleans(),
    web=printable,
    metrics=printable,
    deck_max_events=st.integers(100, 10_000_000),
    sync_interval=st.integers(10, 86_400),
    draw_redraws=st.integers(0, 20),
)


@given(configs)
def test_what_is_written_is_read_back(config: Config) -> None:
    assert Config.parse(config.render(), FILE) == config


def test_every_setting_is_explained() -> None:
    lines = Config().render().splitlines()
    settings = [
        number for number, line in enumerate(lines) if " = " in line and not line.startswith("#")
    ]

    assert len(settings) == len(fields(Config))
    assert all(lines[number - 1].startswith("# ") for number in settings)


def test_what_is_missing_has_its_default() -> None:
    assert Config.parse("", FILE) == Config()
    assert Config.parse("[deck]\nmax_events = 500", FILE) == Config(deck_max_events=500)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[deck]\nmax_event = 5",
            'there is no setting "deck.max_event"; did you mean "deck.max_events"?',
        ),
        ("[draws]\nredraws = 1", 'did you mean "draw.redraws"?'),
        ("xyzzy = 1", 'there is no setting "xyzzy"; correct it'),
        ('[deck]\nmax_events = "many"', "deck.max_events must be a whole number"),
        ("[deck]\nmax_events = true", "deck.max_events must be a whole number"),
        ("[deck]\nmax_events = 99", "deck.max_events must be between 100 and 10000000, not 99"),
        ("[node]\nmdns = 1", "node.mdns must be true or false"),
        ("[node]\nlisten = [1]", "node.listen must be a list of texts"),
        ('name = "a\\u0007"', "name holds a character that cannot be printed"),
        ("deck = 5", 'there is no setting "deck"'),
        ("name = ", "config.toml: "),
    ],
)
def test_mistakes_name_the_file_and_the_remedy(text: str, message: str) -> None:
    with pytest.raises(LocalError) as raised:
        Config.parse(text, FILE)
    assert message in str(raised.value)
    assert str(raised.value).startswith("config.toml: ")
