"""What the site's app says, in the language of a guest."""

from __future__ import annotations

import re
from collections.abc import Callable

from babel.messages.extract import extract
from playwright.sync_api import Page, expect

from potluck.node.web.site.vocabulary import APP, SAYING, sentences, spoken, vocabulary

from .conftest import Served

SAID = {
    "mine": "My own hand", "dice": "Five dice", "plan": "Nothing kept yet",
    "list": "The whole list", "bring": "Bring one", "about": "About this site", "check": "Check it",
}  # fmt: skip


def test_nothing_that_a_script_says_is_left_out() -> None:
    files = dict(vocabulary("de"))
    known = files["de.json"]["words"].keys() | {
        said for view in files["de.json"]["more"].values() for said in files[view]
    }
    all_said = {
        each if isinstance(each, str) else each[0]
        for script in APP.glob("*.js")
        for each in sentences(script.stem)
    }
    gettext = spoken("de").catalogue.gettext

    assert {each for each in all_said if gettext(each) != each} - known == set()


def test_every_sentence_stands_where_it_is_found() -> None:
    """Which is neither within another sentence's call nor in a template literal."""
    for script in APP.glob("*.js"):
        said = re.findall(r'\b(?:say|count|marked)\(\s*"', script.read_text(encoding="utf-8"))
        with script.open("rb") as source:
            assert len(list(extract("javascript", source, SAYING))) == len(said), script.name


def test_every_view_speaks_the_language_of_the_guest(
    town: Served, guest: Callable[..., Page]
) -> None:
    gettext = spoken("de").catalogue.gettext
    page = guest(town.address, locale="de-AT")
    for view, title in SAID.items():
        page.goto(f"{town.address}#{view}")
        expect(page.locator("h1")).to_have_text(gettext(title))
