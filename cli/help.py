"""Help in the language of the terminal: what our commands say of themselves, and click's words."""

from __future__ import annotations

import gettext
from copy import copy
from inspect import cleandoc

import click

from .language import tell, tongue


def spoken(command: click.Command) -> click.Command:
    """A command with its help in that language."""
    if tongue() is None:
        return command
    told = copy(command)
    told.help = _spoken(cleandoc(told.help or ""))
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
    return tell(text) if text else text


def _several(_domain: str, one: str, many: str, number: int) -> str:
    words = tongue()
    return str(words.words.ngettext(one, many, number)) if words else (many, one)[number == 1]


# click asks gettext, which would look for a compiled catalogue on the disk.
gettext.dgettext = lambda _domain, text: tell(text)
gettext.dngettext = _several
