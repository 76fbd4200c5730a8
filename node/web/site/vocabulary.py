"""What the app says, in a language of the node: of the catalogue only what its scripts say."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.messages.extract import extract

from potluck.node.language import format as words
from potluck.node.language.locale import PLAIN, Locale, locale_of
from potluck.node.web.pages.paper_ticket import MARK_OF, TOPIC_WORDS

APP = Path(__file__).parent / "app"
_SAYING: dict[str, Any] = {"say": None, "count": (1, 2), "marked": None}


def spoken(code: str) -> Locale:
    """The language of this code."""
    return locale_of(PLAIN if code == "en" else code)


@cache
def sentences() -> tuple[str | tuple[str, str], ...]:
    """The sentences of the app in English; of those that count the one for one and for many."""
    found: dict[str | tuple[str, str], None] = {}
    for file in sorted(APP.glob("*.js")):
        with file.open("rb") as script:
            for _, message, *_ in extract("javascript", script, _SAYING):
                found[message if isinstance(message, str) else (message[0], message[1])] = None
    return tuple(found)


@lru_cache(maxsize=16)
def vocabulary(locale: Locale) -> dict[str, Any]:
    """All that the app needs to speak it, as JSON: see app/language.js."""
    gettext = locale.catalogue.gettext
    return {
        "tag": locale.tag,
        "words": dict(_translated(locale)),
        "hours": [gettext(hour) for hour in words.HOURS],
        "fives": [gettext(five) for five in words.FIVES],
        "parts": [[first, gettext(part)] for first, part in words.PARTS],
        "winds": [gettext(wind) for wind in words.WINDS],
        "compass": [locale.catalogue.pgettext("compass", letter) for letter in "NESW"],
        "access": {need: [gettext(yes), gettext(no)] for need, (yes, no) in words.ACCESS.items()},
        "topics": {word: gettext(word) for word in TOPIC_WORDS.values()},
    }


def marks() -> dict[str, list[str]]:
    """The shape of each topic, and its word in English if it has one."""
    return {
        topic: [shape, TOPIC_WORDS[topic]] if topic in TOPIC_WORDS else [shape]
        for topic, shape in MARK_OF.items()
    }


def _translated(locale: Locale) -> list[tuple[str, str | list[str]]]:
    """What this language says otherwise than English."""
    translated: list[tuple[str, str | list[str]]] = []
    for sentence in sentences():
        if isinstance(sentence, tuple):
            forms = [locale.catalogue.ngettext(*sentence, number) for number in (1, 2)]
            if forms != list(sentence):
                translated.append((sentence[0], forms))
        elif (other := locale.catalogue.gettext(sentence)) != sentence:
            translated.append((sentence, other))
    return translated
