"""The language a person reads: words from a catalogue, and figures as their country writes them.

A language is one file, locale/CODE.po, read at the start; English is what the pages are written in.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from potluck.node.errors import Unfit
from potluck.protocol.errors import PotluckError

from .templates import CONTEXT, Retelling

FOLDER = Path(__file__).parent / "catalogue"
PLAIN = "en-GB"
"""For who asks for no language that is here."""

MOST_ASKED = 20  # of an Accept-Language header


@dataclass(frozen=True, eq=False)
class Tongue:
    """A language (`code`) as written somewhere (`locale`)."""

    code: str
    locale: Locale
    words: NullTranslations
    node: Retelling

    def say(self, text: str, /, **values: object) -> str:
        """A sentence in this language, with its %(named)s values."""
        return self.words.gettext(text) % values if values else self.words.gettext(text)

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The same for a number, which is %(num)s."""
        shown = format_decimal(number, locale=self.locale)
        return self.words.ngettext(one, many, number) % {"num": shown, **values}

    def tell(self, said: str | PotluckError) -> str:
        """What the node says in English, in this language; as it is, if the catalogue does not know it."""
        if isinstance(said, Unfit):
            return self.node.tell(said.text, f"this field {said.text}", f"{said.field} {said.text}")
        return self.node.tell(str(said))

    @property
    def tag(self) -> str:
        """As HTML writes it."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        return self.locale.text_direction


def languages() -> dict[str, str]:
    """The languages that are here: code to own name."""
    codes = ["en", *sorted(file.stem for file in FOLDER.glob("*.po"))]
    return {code: (Locale.parse(code).get_display_name() or code).capitalize() for code in codes}


@lru_cache(maxsize=64)
def tongue(tag: str) -> Tongue:
    """The tongue of a tag such as de-AT, of which the language must be here."""
    locale = Locale.parse(tag, sep="-")
    return Tongue(locale.language, locale, _words(locale.language), _node(locale))


def asked_for(header: str) -> Tongue:
    """The first language of an Accept-Language header that is here (RFC 9110, section 12.5.4)."""
    known = languages_here()
    weighed = [_weighed(part) for part in header.split(",")[:MOST_ASKED]]
    for _, tag in sorted(weighed, key=lambda each: -each[0]):
        if tag.partition("-")[0].lower() in known:
            try:
                return tongue(_common(tag))
            except (ValueError, UnknownLocaleError):
                continue
    return tongue(PLAIN)


@cache
def languages_here() -> frozenset[str]:
    """The codes of the languages that are here."""
    return frozenset(languages())


def _common(tag: str) -> str:
    """A bare "en" is written as in Britain: no country's way is everybody's, and this one has no am or pm."""
    return PLAIN if tag.lower() == "en" else tag


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().partition(";q=")
    try:
        return (float(weight) if weight else 1.0), tag
    except ValueError:
        return 0.0, tag


@cache
def _words(code: str) -> NullTranslations:
    catalogue = _catalogue(code)
    if catalogue is None:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _node(locale: Locale) -> Retelling:
    said = _catalogue(locale.language) or ()
    return Retelling(
        [(str(each.id), str(each.string)) for each in said if each.context == CONTEXT], locale
    )


@cache
def _catalogue(code: str) -> Catalog | None:
    file = FOLDER / f"{code}.po"
    return read_po(io.BytesIO(file.read_bytes()), locale=code) if file.exists() else None
