"""Tickets in wide and narrow terminals."""

from __future__ import annotations

import click
from hypothesis import given
from hypothesis import strategies as st

from potluck.cli.paper_ticket import NARROW, Stub, ticket

from .conftest import SOUP, Person

STUB = Stub(1, "Tue 16", "18:30")
LINES = [
    ("Open Kitchen", str),
    ("SOUP FROM WHATEVER IS LEFT", str),
    ("Food, company, free, step-free, children welcome", str),
]


def test_a_wide_terminal_has_the_stub_beside() -> None:
    assert list(ticket(STUB, LINES, 80)) == [
        "           ┊ Open Kitchen",
        " 1  Tue 16 ┊ SOUP FROM WHATEVER IS LEFT",
        "     18:30 ┊ Food, company, free, step-free, children welcome",
    ]


def test_a_narrow_one_has_it_on_top_and_cuts_nothing_off() -> None:
    assert list(ticket(Stub(2, "Sat 20", "10:00", "kept"), LINES, 40)) == [
        "2 ┈ Sat 20 ┈ 10:00 ┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈ kept",
        "  Open Kitchen",
        "  SOUP FROM WHATEVER IS LEFT",
        "  Food, company, free, step-free,",
        "  children welcome",
    ]


words = st.lists(st.text("abcdefgh", min_size=1, max_size=15), min_size=1, max_size=12)


@given(st.lists(words, min_size=1, max_size=6), st.integers(20, 80), st.integers(1, 50))
def test_no_line_is_too_wide_and_no_word_is_lost(
    lines: list[list[str]], width: int, number: int
) -> None:
    told = [(" ".join(line), str) for line in lines]
    shown = list(ticket(Stub(number, "Tue 16", "18:30"), told, width))

    assert max(map(len, shown)) <= width
    body = shown[1:] if width < NARROW else [line.partition("┊")[2] for line in shown]
    assert " ".join(body).split() == [word for line in lines for word in line]


def test_bold_is_set_around_each_line_of_a_long_title() -> None:
    shown = list(
        ticket(STUB, [("a" * 30 + " " + "b" * 30, lambda text: click.style(text, bold=True))], 40)
    )
    assert all(line.endswith("\x1b[0m") for line in shown[1:])


def test_cards_of_todays_hand_are_called_by_their_numbers(ada: Person) -> None:
    ada.says(*SOUP)
    assert "potluck draw" in ada.fails(4, "keep", "1")
    hand = ada.says("draw", "--near", "Berlin")
    assert "Wed 25 ┊ Soup night [yours]" in hand
    assert "potluck keep 1" in hand
    assert "Kept: Soup night" in ada.says("keep", "1")
    assert "Soup night" in ada.says("why", "1")
    assert "no card 2" in ada.fails(4, "skip", "2")
    assert ada.json("plan", "list")[0]["title"] == "Soup night"
