"""What the node says, in the reader's language.

Errors, reasons and findings are English sentences with values in them: the commands print them, and
nothing below the page knows of languages. A catalogue holds them under the context "node" as
templates, such as "there is no home in {path}". Here a sentence is found again by its template, of
those that fit the one with the most words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from babel import Locale
from babel.numbers import format_decimal

CONTEXT = "node"
DEPTH = 3
"""How deep errors quote errors. Without a bound, a text of colons would cost as many steps as it is long."""

_NAME = re.compile(r"\{(\w+)\}")
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with holes: `words` stand around them, `names` name what is in them."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    translated: str

    @property
    def size(self) -> int:
        """How many letters are its own."""
        return sum(map(len, self.words))

    def values(self, text: str) -> dict[str, str] | None:
        """What is in the holes, if the text is such a sentence. It takes time linear in the text."""
        first, *between, last = self.words
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return None
        found = []
        for word in between:
            next_at = text.find(word, at, end)
            if next_at < 0:
                return None
            found.append(text[at:next_at])
            at = next_at + len(word)
        return dict(zip(self.names, [*found, text[at:end]], strict=True))


class Retelling:
    """The sentences of one catalogue, given as (template, translation)."""

    def __init__(self, said: Iterable[tuple[str, str]], locale: Locale) -> None:
        self._locale = locale
        self._whole: dict[str, str] = {}
        templates = []
        for english, translated in (each for pair in said for each in _with_halves(*pair)):
            words, names = _NAME.split(english)[::2], _NAME.findall(english)
            if names:
                templates.append(Template(tuple(words), tuple(names), translated))
            else:
                self._whole[english] = translated
        self._templates = sorted(templates, key=lambda each: -each.size)

    def tell(self, *texts: str) -> str:
        """The sentence in this language, in that of its wordings which the catalogue knows best; the first
        wording as it is, if the catalogue knows none."""
        known, told = max((self._find(text, DEPTH) for text in texts), key=lambda found: found[0])
        return told if known else texts[0]

    def _find(self, text: str, depth: int) -> tuple[int, str]:
        """How many letters of it are a template's, and the sentence in this language."""
        if text in self._whole:
            return len(text), self._whole[text]
        for template in self._templates:
            values = template.values(text)
            if values is not None:
                told = {name: self._value(value, depth) for name, value in values.items()}
                return template.size, template.translated.format_map(told)
        return 0, text

    def _value(self, value: str, depth: int) -> str:
        """A value may be a sentence in turn, or a figure; names stay as they are."""
        if _FIGURE.fullmatch(value):
            return format_decimal(float(value.replace(",", "")), locale=self._locale)
        if not depth or " " not in value.strip():
            return value
        return self._find(value, depth - 1)[1]


def _with_halves(english: str, translated: str) -> Iterator[tuple[str, str]]:
    """A sentence, and what is wrong and what to do apart: the check-up shows them so."""
    yield english, translated
    if english.count("; ") == translated.count("; ") == 1:
        for half, told in zip(english.split("; "), translated.split("; "), strict=True):
            if not _NAME.fullmatch(half):
                yield half, told
