"""
What commands say, in the language of the terminal; Babel is imported only if it is not English.
"""

import os
import re
from typing import Any

from potluck.protocol.message import Message

_language = ""


def nouns(words: str) -> dict[str, tuple[str, str]]:
    """Both forms of each noun with its number, named here so that translators find them."""
    return {noun: (f"{{num:,}} {noun}", f"{{num:,}} {noun}s") for noun in words.split()}


NOUNS = nouns("announcement card day event file host node organiser peer roll")
"""As they stand after "of": the dative, where a language has one."""


def choose(language: str) -> None:
    """Speak this language (a tag, or several with colons) instead of the terminal's."""
    global _language  # noqa: PLW0603 - one process is one command
    _language = language


def wanted() -> str:
    """What the person reads, as gettext's programs find it out."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return _language or next(filter(None, map(os.environ.get, names)), "")


def _(template: str, /, **values: object) -> str:
    """A sentence in that language."""
    return translate(Message(template, **values))


def translate(message: str | Exception) -> str:
    """What the node says, in that language."""
    words = locale()
    if words is None:
        return str(getattr(message, "message", message))
    return str(words.translate(message))


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    one, many = NOUNS[noun]
    words = locale()
    form = words.catalogue.ngettext(one, many, number) if words else (many, one)[number == 1]
    return translate(Message(form, num=number))


def locale() -> Any:
    """The language (see node/language/locale.py); None for English."""
    if re.match(r"en|C\b|POSIX|$", wanted()):
        return None
    from potluck.node.language.locale import as_environment

    return as_environment(wanted())
