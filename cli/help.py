"""Help in the language of the terminal: what our commands say of themselves, and click's words."""

from __future__ import annotations

import gettext
from copy import copy
from inspect import cleandoc

import click

from .language import locale, translate


def spoken(command: click.Command) -> click.Command:
    """A command with its help in that language."""
    if locale() is None:
        return command
    told = copy(command)
    told.help = _spoken(cleandoc(told.help or ""))
    told._help_option = None  # noqa: SLF001 - click keeps it in the language of its first time
    told.params = [_parameter(each) for each in told.params]
    if isinstance(told, click.Group):
        told.commands = {name: spoken(each) for name, each in told.commands.items()}
    return told


def _parameter(parameter: click.Parameter) -> click.Parameter:
    told = copy(parameter)
    told.metavar = _spoken(told.metavar)
    if isinstance(told, click.Option):
        told.help = _spoken(told.help)
    return told


def _spoken(text: str | None) -> str | None:
    return translate(text) if text else text


def _one(domain: str, message: str) -> str:  # noqa: ARG001 - as gettext has it
    return translate(message)


def _several(domain: str, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG001
    words = locale()
    return str(words.catalogue.ngettext(msgid1, msgid2, n)) if words else (msgid2, msgid1)[n == 1]


# click asks gettext, which would look for a compiled catalogue on the disk.
gettext.dgettext, gettext.dngettext = _one, _several
