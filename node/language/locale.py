"""The language a person reads: words from a catalogue, and figures as their country writes them.

A language is one file, catalogue/CODE.po, read at the start; English is what everything is written
in, and what a sentence is said in that a catalogue leaves empty. `make language CODE=fr` begins
one.
"""

import io
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from string import Formatter
from typing import Any

import babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from potluck.protocol.errors import Worded
from potluck.protocol.message import Message

FOLDER = Path(__file__).parent / "catalogue"
PLAIN = "en-GB"
"""For who asks for no language that is here, and for a bare "en": it has no am or pm."""

_WEIGHED = re.compile(r"([A-Za-z0-9-]++) *+(?:; *+q=([01](?:\.\d*)?))? *+(?:,|$)")
LONGEST_ASKED = 500  # of an Accept-Language header


@dataclass(frozen=True, eq=False)
class Locale:
    """A language (`code`) as written somewhere (`babel`)."""

    code: str
    babel: babel.Locale
    catalogue: NullTranslations

    def gettext(self, text: str, /, **values: object) -> str:
        """A sentence in this language, with its %(named)s values."""
        return self.catalogue.gettext(text) % values if values else self.catalogue.gettext(text)

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The same for a number, which is %(num)s."""
        shown = format_decimal(number, locale=self.babel)
        return self.catalogue.ngettext(one, many, number) % {"num": shown, **values}

    def translate(self, text: str | Worded) -> str:
        """A message, or an error, in this language; other text as it is, unless it is known."""
        message = text.message if isinstance(text, Worded) else text
        if not isinstance(message, Message):
            return self.catalogue.gettext(message)
        text = self.catalogue.gettext(message.template)
        return str(_Formatter(self).vformat(text, (), message.values)) if message.values else text

    def translate_all(self, result: Any) -> Any:
        """A result of an operation, with its messages in this language."""
        if isinstance(result, Message):
            return self.translate(result)
        if isinstance(result, dict) and self.code != "en":
            return {self.translate_all(key): self.translate_all(result[key]) for key in result}
        if isinstance(result, list | tuple) and self.code != "en":
            return [self.translate_all(each) for each in result]
        return result

    @property
    def tag(self) -> str:
        """As HTML writes it."""
        return str(self.babel).replace("_", "-")


class _Formatter(Formatter):
    """Values in a template: messages are translated, and figures written as the country does."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, Message | Worded):
            return self._locale.translate(value)
        if isinstance(value, int | float) and format_spec.endswith((",", "f")):
            digits = int(format_spec.partition(".")[2].rstrip("f") or 0)
            pattern = f"#,##0.{'0' * digits}".rstrip(".")
            return format_decimal(value, pattern, locale=self._locale.babel)
        return super().format_field(value, format_spec)


@cache
def languages() -> dict[str, str]:
    """The languages that are here: code to own name."""
    codes = ["en", *sorted(file.stem for file in FOLDER.glob("*.po"))]
    return {
        code: (babel.Locale.parse(code).get_display_name() or code).capitalize() for code in codes
    }


@lru_cache(maxsize=64)
def locale_of(tag: str) -> Locale:
    """The locale of a tag such as de-AT, of which the language must be here."""
    locale = babel.Locale.parse(tag, sep="-")
    return Locale(locale.language, locale, _catalogue(locale.language))


def asked_for(header: str) -> Locale:
    """The first language of an Accept-Language header that is here (RFC 9110, section 12.5.4)."""
    weighed = _WEIGHED.findall(header[:LONGEST_ASKED])
    return first_of([tag for tag, weight in sorted(weighed, key=lambda each: -float(each[1] or 1))])


def as_environment(tags: str) -> Locale:
    """The language of a text such as "de_AT.UTF-8:en", as the variable LANGUAGE has it."""
    return first_of([tag.partition(".")[0].replace("_", "-") for tag in tags.split(":")])


def first_of(tags: list[str]) -> Locale:
    """The first of these tags of which the language is here."""
    for tag in tags:
        if babel.negotiate_locale([tag], list(languages()), sep="-"):
            with suppress(ValueError, babel.UnknownLocaleError):
                return locale_of(PLAIN if tag.lower() == "en" else tag)
    return locale_of(PLAIN)


@cache
def _catalogue(code: str) -> NullTranslations:
    file, compiled = FOLDER / f"{code}.po", io.BytesIO()
    if not file.exists():
        return NullTranslations()
    write_mo(compiled, read_po(io.BytesIO(file.read_bytes()), locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)
