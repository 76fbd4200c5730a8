"""What the app says, in a language of the node: of the catalogue only what its scripts say."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.extract import extract

from potluck.node.language import format as words
from potluck.node.language.locale import PLAIN, Locale, locale_of
from potluck.node.web.pages.paper_ticket import TOPIC_WORDS

APP = Path(__file__).parent / "app"
LATE = (
    "today", "mine", "dice", "card", "checking", "plan", "list", "bring", "about",
    "dealt", "emptied", "handless", "notices",
)  # fmt: skip
"""Scripts that are fetched when they are first wanted, as a view is; so is what they say."""
SAYING: dict[str, Any] = {"say": None, "count": (1, 2), "marked": None}
_IMPORTED = re.compile(r'from "\./(\w+)\.js"')

Sentence = str | tuple[str, str]
"""In English; of those that count the one for one and for many."""


def spoken(code: str) -> Locale:
    """The language of this code."""
    return locale_of(PLAIN if code == "en" else code)


def vocabulary(code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that the app needs to speak a language, as files of JSON by name: see app/language.js.

    The first is for all views, the others for a script each, unless they would say nothing.
    """
    locale, known = spoken(code), _with_imports("app")
    gettext = locale.catalogue.gettext
    more = {script: _translated(locale, _with_imports(script) - known) for script in LATE}
    more = {script: said for script, said in more.items() if said}
    for_all = {
        "tag": locale.tag,
        "words": _translated(locale, known),
        "more": {script: f"{code}-{script}.json" for script in more},
        "hours": [gettext(hour) for hour in words.HOURS],
        "fives": [gettext(five) for five in words.FIVES],
        "parts": [[first, gettext(part)] for first, part in words.PARTS],
        "winds": [gettext(wind) for wind in words.WINDS],
        "compass": [locale.catalogue.pgettext("compass", letter) for letter in "NESW"],
        "access": {need: [gettext(yes), gettext(no)] for need, (yes, no) in words.ACCESS.items()},
        "topics": {topic: gettext(word) for topic, word in TOPIC_WORDS.items()},
    }
    yield f"{code}.json", for_all
    for script, said in more.items():
        yield f"{code}-{script}.json", said


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
