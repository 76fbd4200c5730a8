"""What the app says, in a language of the node: of the catalogue only what its scripts say."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.extract import extract

from potluck.node.language import format as words
from potluck.node.language.locale import PLAIN, Locale, locale_of
from potluck.node.web.pages.paper_ticket import MARK_OF, TOPIC_WORDS

APP = Path(__file__).parent / "app"
VIEWS = ("today", "mine", "dice", "card", "checking", "plan", "list", "bring", "about")
"""Scripts that are fetched when their view is first looked at; so is what they say."""
SAYING: dict[str, Any] = {"say": None, "count": (1, 2), "marked": None}
_IMPORTED = re.compile(r'(?:from |import\()"\./(\w+)\.js"')

Sentence = str | tuple[str, str]
"""In English; of those that count the one for one and for many."""


def spoken(code: str) -> Locale:
    """The language of this code."""
    return locale_of(PLAIN if code == "en" else code)


def vocabulary(code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that the app needs to speak a language, as files of JSON by name: see app/language.js.

    The first is for all views, the others for one each; those that would say nothing are left out.
    """
    locale, known = spoken(code), _with_imports("app")
    gettext = locale.catalogue.gettext
    more = {view: _translated(locale, _with_imports(view) - known) for view in VIEWS}
    more = {view: said for view, said in more.items() if said}
    for_all = {
        "tag": locale.tag,
        "words": _translated(locale, known),
        "more": {view: f"{code}-{view}.json" for view in more},
        "hours": [gettext(hour) for hour in words.HOURS],
        "fives": [gettext(five) for five in words.FIVES],
        "parts": [[first, gettext(part)] for first, part in words.PARTS],
        "winds": [gettext(wind) for wind in words.WINDS],
        "compass": [locale.catalogue.pgettext("compass", letter) for letter in "NESW"],
        "access": {need: [gettext(yes), gettext(no)] for need, (yes, no) in words.ACCESS.items()},
        "topics": {word: gettext(word) for word in TOPIC_WORDS.values()},
    }
    yield f"{code}.json", for_all
    for view, said in more.items():
        yield f"{code}-{view}.json", said


def marks() -> dict[str, list[str]]:
    """The shape of each topic, and its word in English if it has one."""
    return {
        topic: [shape, TOPIC_WORDS[topic]] if topic in TOPIC_WORDS else [shape]
        for topic, shape in MARK_OF.items()
    }


@cache
def sentences(script: str) -> tuple[Sentence, ...]:
    """What a script of the app says."""
    with (APP / f"{script}.js").open("rb") as source:
        said = [message for _, message, *_ in extract("javascript", source, SAYING)]
    return tuple(each if isinstance(each, str) else (each[0], each[1]) for each in said)


@cache
def _with_imports(script: str) -> frozenset[str]:
    """The script and all that is fetched with it."""
    found, left = set[str](), {script}
    while left:
        one = left.pop()
        found.add(one)
        left |= {*_IMPORTED.findall((APP / f"{one}.js").read_text(encoding="utf-8"))} - found
    return frozenset(found)


def _translated(locale: Locale, scripts: Collection[str]) -> dict[str, str | list[str]]:
    """What this language says otherwise than English, of what these scripts say."""
    translated: dict[str, str | list[str]] = {}
    for sentence in (each for script in sorted(scripts) for each in sentences(script)):
        if isinstance(sentence, tuple):
            forms = [locale.catalogue.ngettext(*sentence, number) for number in (1, 2)]
            if forms != list(sentence):
                translated[sentence[0]] = forms
        elif (other := locale.catalogue.gettext(sentence)) != sentence:
            translated[sentence] = other
    return translated
